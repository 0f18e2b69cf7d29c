#include "points/sha256.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace gridgov::points {

Sha256::Sha256() : context_(EVP_MD_CTX_new()), algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
    if (context_ == nullptr || algorithm_ == nullptr ||
        EVP_DigestInit_ex2(context_, algorithm_, nullptr) != 1) {
        EVP_MD_free(algorithm_);
        EVP_MD_CTX_free(context_);
        throw std::runtime_error("libcrypto has no SHA-256");
    }
}

Sha256::~Sha256() {
    EVP_MD_free(algorithm_);
    EVP_MD_CTX_free(context_);
}

void Sha256::digest(std::string_view message, std::array<std::uint8_t, 32>& out) {
    unsigned size = 0;
    if (EVP_DigestInit_ex2(context_, nullptr, nullptr) != 1 ||
        EVP_DigestUpdate(context_, message.data(), message.size()) != 1 ||
        EVP_DigestFinal_ex(context_, out.data(), &size) != 1 || size != out.size())
        throw std::runtime_error("SHA-256 failed");
}

std::array<std::uint8_t, 32> sha256(std::string_view message) {
    thread_local Sha256 hasher;
    std::array<std::uint8_t, 32> out;
    hasher.digest(message, out);
    return out;
}

}  // namespace gridgov::points
