// Randomness that is the same on every machine: a generator, a hash of places, and smooth noise from
// it by +, − and × alone.
#pragma once

#include <cmath>
#include <cstdint>

namespace gridgov::simulate {

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): mixes all bits.
constexpr std::uint64_t mixed(std::uint64_t bits) noexcept {
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    return bits ^ (bits >> 31);
}

constexpr std::uint64_t hashed(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) noexcept {
    return mixed(mixed(mixed(seed + 0x9e3779b97f4a7c15ULL) + a) + 0x9e3779b97f4a7c15ULL * (b + 1));
}

/// SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t state) noexcept : state_(state) {}
    std::uint64_t bits() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15ULL); }
    /// 0 … count − 1, for counts below 2^31.
    std::int64_t below(std::int64_t count) noexcept {
        return static_cast<std::int64_t>(((bits() >> 32) * static_cast<std::uint64_t>(count)) >> 32);
    }
    std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
        return least + below(most - least + 1);
    }
    bool percent(std::int64_t chance) noexcept { return below(100) < chance; }
    /// Evenly from −size_m to size_m, in steps of a thousandth of it.
    double jitter_m(double size_m) noexcept {
        return size_m * static_cast<double>(below(2001) - 1000) * 1e-3;
    }

private:
    std::uint64_t state_;
};

/// A value of noise and its slope.
struct Noise {
    double value;
    double slope;
};

/// Smooth noise along a line, between −1 and 1: a uniform cubic B-spline over hashed control values
/// at whole numbers. Twice continuously differentiable; the second derivative is at most 4.
inline Noise noise(std::uint64_t seed, double at) noexcept {
    const double whole = std::floor(at);
    const double f = at - whole;
    const auto index = static_cast<std::int64_t>(whole);
    double p[4];
    for (std::int64_t i = 0; i < 4; ++i) {
        const std::uint64_t bits = hashed(seed, static_cast<std::uint64_t>(index + i - 1));
        p[i] = static_cast<double>(static_cast<std::int64_t>(bits >> 40) - (1 << 23)) / (1 << 23);
    }
    const double g = 1 - f;
    const double ff = f * f;
    const double value = g * g * g * p[0] + (3 * ff * f - 6 * ff + 4) * p[1] +
                         (3 * f + 3 * ff - 3 * ff * f + 1) * p[2] + ff * f * p[3];
    const double slope = -g * g * p[0] + (3 * ff - 4 * f) * p[1] + (1 + 2 * f - 3 * ff) * p[2] +
                         ff * p[3];
    return {value / 6, slope / 2};
}

}  // namespace gridgov::simulate
