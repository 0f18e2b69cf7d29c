// What a thing is called, in the two languages that gridgov speaks.
#pragma once

#include <string>

#include "gridgov/finding.hpp"

namespace gridgov {

/// A title in Chinese and in English; either may be empty.
struct Title {
    std::string zh;
    std::string en;
    /// The text in a language, or in the other one where that is empty.
    const std::string& in(Language language) const noexcept {
        const std::string& wanted = language == Language::zh ? zh : en;
        return wanted.empty() ? (language == Language::zh ? en : zh) : wanted;
    }
    friend bool operator==(const Title&, const Title&) = default;
};

}  // namespace gridgov
