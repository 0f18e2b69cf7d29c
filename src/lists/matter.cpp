#include "lists/matter.hpp"

#include "gridgov/lists/catalogue.hpp"
#include "lists/catalogue_faults.hpp"
#include "utf8.hpp"

namespace gridgov::lists {

MatterFault check_matter(std::string_view matter) noexcept {
    using namespace detail;
    if (matter.empty()) return MatterFault::empty;
    if (matter.size() > matter_bytes_max) return MatterFault::too_long;
    constexpr std::uint64_t high = 0x8080808080808080ULL;
    bool ascii = true;
    bool control = false;
    bool empty_segment = matter.front() == '/' || matter.back() == '/';
    std::size_t segments = 1;
    bool after_slash = false;
    for (std::size_t at = 0; at < matter.size(); at += 8) {
        std::uint64_t word = word_at(matter, at);
        const std::size_t left = matter.size() - at;
        if (left < 8) word |= 0x6161616161616161ULL << (8 * left);  // letters after the end
        ascii = ascii && (word & high) == 0;
        // Bytes below 0x20: of a byte below 0x80, adding 0x60 sets the high bit from 0x20 on.
        const std::uint64_t printable = ((word & ~high) + 0x6060606060606060ULL) | word;
        control = control || (printable & high) != high || bytes_equal(word, 0x7f) != 0;
        const std::uint64_t slashes = bytes_equal(word, '/');
        empty_segment = empty_segment || (slashes & (slashes << 8)) != 0 ||
                        (after_slash && (slashes & 0x80) != 0);
        after_slash = (slashes >> 63) != 0;
        segments += static_cast<std::size_t>(std::popcount(slashes));
    }
    if (!ascii && !is_utf8(matter)) return MatterFault::not_utf8;
    if (control) return MatterFault::control;
    if (empty_segment) return MatterFault::empty_segment;
    return segments > matter_segments_max ? MatterFault::too_deep : MatterFault::none;
}

std::string_view matter_fault_text(MatterFault fault) noexcept {
    switch (fault) {
        case MatterFault::none: return {};
        case MatterFault::empty: return "empty";
        case MatterFault::not_utf8: return "not UTF-8";
        case MatterFault::control: return "control character";
        case MatterFault::empty_segment: return "empty segment";
        case MatterFault::too_deep: return "too deep";
        case MatterFault::too_long: return "too long";
    }
    return {};
}

}  // namespace gridgov::lists
