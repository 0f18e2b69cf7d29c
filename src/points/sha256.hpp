// SHA-256 by OpenSSL's libcrypto, one context for many messages.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

struct evp_md_ctx_st;
struct evp_md_st;

namespace gridgov::points {

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    /// The digest of a message. Throws std::runtime_error where libcrypto has no SHA-256.
    void digest(std::string_view message, std::array<std::uint8_t, 32>& out);

private:
    evp_md_ctx_st* context_;
    evp_md_st* algorithm_;
};

std::array<std::uint8_t, 32> sha256(std::string_view message);

}  // namespace gridgov::points
