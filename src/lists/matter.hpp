// Matters as bytes: read eight at a time, hashed by whole segments.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gridgov::lists::detail {

/// Eight bytes, the first one lowest, on any machine.
inline std::uint64_t eight_bytes(const char* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

/// The bytes of a text from `at` on, at most eight, zeros after its end. `at` < text.size().
inline std::uint64_t word_at(std::string_view text, std::size_t at) noexcept {
    const std::size_t left = text.size() - at;
    if (left >= 8) return eight_bytes(text.data() + at);
    if (text.size() >= 8)  // the last eight bytes, shifted: no reading beyond the end
        return eight_bytes(text.data() + text.size() - 8) >> (8 * (8 - left));
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < left; ++i)
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
    return word;
}

/// The highest bit of each byte that equals `byte`; exact (no borrow runs between bytes).
constexpr std::uint64_t bytes_equal(std::uint64_t word, unsigned char byte) noexcept {
    constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7fULL;
    const std::uint64_t other = word ^ (0x0101010101010101ULL * byte);
    return ~(((other & low) + low) | other | low);
}

constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) noexcept {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    return hash ^ (hash >> 32);
}
inline constexpr std::uint64_t hash_seed = 0x2545f4914f6cdd1dULL;
/// Between segments, so that "a/b" and "ab" differ.
inline constexpr std::uint64_t hash_slash = 0xd6e8feb86659fd93ULL;

/// A whole text's hash.
inline std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t hash = hash_seed ^ text.size();
    for (std::size_t at = 0; at < text.size(); at += 8) hash = mixed(hash, word_at(text, at));
    return mixed(hash, 0);
}

/// Calls visit(hash, bytes) for each prefix of whole segments, the shortest first, until it returns
/// false: the hash depends on the prefix alone. One pass over the bytes, finding the slashes on the way.
template <class Visit>
void each_prefix(std::string_view matter, Visit&& visit) {
    std::uint64_t hash = hash_seed;
    std::size_t at = 0;
    while (at < matter.size()) {
        std::uint64_t word = word_at(matter, at);
        const std::uint64_t slashes = bytes_equal(word, '/');
        if (slashes == 0) {
            hash = mixed(hash, word);
            at += 8;
            continue;
        }
        const auto bits = static_cast<unsigned>(std::countr_zero(slashes)) & ~7U;
        if (bits > 0) hash = mixed(hash, word & ((std::uint64_t{1} << bits) - 1));
        at += bits / 8;
        if (!visit(mixed(hash, 0), at)) return;
        hash = mixed(hash, hash_slash);
        ++at;
    }
    visit(mixed(hash, 0), matter.size());
}

}  // namespace gridgov::lists::detail
