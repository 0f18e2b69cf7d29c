// Which rules a register row matches, as far as the row itself says: conditions evaluated once a
// distinct test over whole columns, kept as bits; evidence and witnesses. Cool-downs come later.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "points/inputs.hpp"
#include "points/plan.hpp"

namespace gridgov::points {

/// A nearest miss: the requirement of a rule that failed.
struct Miss {
    std::uint32_t slot = no_index;
    Reason reason = Reason::no_rule;
    std::int32_t requirement = -1;  ///< of the rule's `when`
    std::int64_t wanted = 0, counted = 0;
    std::uint32_t failures = 0xFFFFFFFF;
};

class Matching {
public:
    /// Resolves the columns of all conditions (faults: condition_unknown_column,
    /// condition_type_clash) and evaluates those over PERSONS and HOUSEHOLDS
    /// (condition_unreadable_cell). Sets the needs of the plan's slots.
    Matching(Plan& plan, const Tables& tables, const HouseholdInputs& households,
             const PersonInputs& persons, const RegisterInputs& deeds, Faults& faults);

    /// Bits of the register's conditions for rows [first, first + bits.size() / words()).
    struct DeedBits {
        std::size_t first = 0;
        std::vector<std::uint64_t> bits;
        std::vector<std::uint8_t> satisfied;
    };
    void evaluate_deeds(std::size_t first, std::size_t rows, DeedBits& bits, Faults& faults) const;

    /// Whether a row meets a slot's conditions and minima.
    bool matches(const Slot& slot, std::uint32_t person_row, std::uint32_t household,
                 const std::uint64_t* deed_bits, std::int64_t evidence,
                 std::int64_t witnesses) const noexcept {
        for (std::uint32_t n = slot.needs_begin; n < slot.needs_end; ++n) {
            const Need& need = plan_.needs[n];
            std::uint64_t bits = 0;
            switch (need.place) {
                case Place::persons: bits = person_bits_.word(person_row, need.word); break;
                case Place::households: bits = household_bits_.word(household, need.word); break;
                case Place::deeds: bits = deed_bits[need.word]; break;
            }
            if ((bits & need.mask) != need.mask) return false;
        }
        return evidence >= slot.evidence_min && witnesses >= slot.witness_min;
    }

    std::size_t deed_words() const noexcept { return deed_words_; }
    bool asks_persons() const noexcept { return person_tests_ > 0; }
    /// The beginning of what `matches` will read of a person, so that it is there by then.
    std::uint64_t touch_person(std::uint32_t person_row) const noexcept {
        return person_tests_ > 0 ? person_bits_.word(person_row, 0) : 0;
    }
    std::uint64_t touch_household(std::uint32_t household) const noexcept {
        return household_tests_ > 0 ? household_bits_.word(household, 0) : 0;
    }

    /// What of a slot a row does not meet: how many requirements, and the first of them.
    /// `deed_bits` are the row's, needed only where the slot asks the register.
    Miss miss(std::uint32_t slot, std::uint32_t person_row, std::uint32_t household,
              const std::uint64_t* deed_bits, std::int64_t evidence, std::int64_t witnesses) const;
    /// The value that a requirement of a slot found, as FEEL writes it.
    std::string found(std::uint32_t slot, std::int32_t requirement, std::uint32_t person_row,
                      std::uint32_t household, std::size_t row) const;
    /// Brings what `found` will read nearer.
    void prefetch_found(std::uint32_t slot, std::int32_t requirement, std::uint32_t person_row) const;

private:
    struct Column {
        Place place = Place::deeds;
        const NamedColumn* named = nullptr;  ///< or a standard column:
        const KeyColumn* keys = nullptr;
        const DateColumn* dates = nullptr;
        const NumberColumn* numbers = nullptr;
        std::string name;
        conditions::Type type = conditions::Type::any;  ///< what its tests compare with
    };
    struct Test {
        std::uint32_t column = 0;
        conditions::UnaryTests tests;
        std::uint32_t bit = 0;               ///< among those of its place
        std::vector<std::uint8_t> by_category;  ///< of a coded column
        std::uint32_t slot = 0, condition = 0;  ///< the first to ask it
    };

    bool resolve(const Tables& tables, std::string_view name, Column& column) const;
    conditions::Value value(const Column& column, std::size_t row, conditions::Type type,
                            bool& readable) const;
    void evaluate(const Test& test, std::size_t first, std::size_t rows,
                  std::vector<std::uint8_t>& satisfied, std::vector<std::uint32_t>& unreadable) const;
    void tell_unreadable(const Test& test, std::size_t row, std::string_view record,
                         std::uint32_t village, Faults& faults) const;

    /// Bits of rows, a few bytes each: the fewer, the more of them are in a cache.
    class Bits {
    public:
        void assign(std::size_t rows, std::size_t bits) {
            words_ = (bits + 63) / 64;
            stride_ = bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8 * words_;
            bytes_.assign(rows * stride_ + 8, 0);
        }
        void set(std::size_t row, std::size_t bit) noexcept {
            bytes_[row * stride_ + bit / 8] |= static_cast<unsigned char>(1U << (bit % 8));
        }
        std::uint64_t word(std::size_t row, std::size_t word) const noexcept {
            const unsigned char* const at = bytes_.data() + row * stride_;
            if (stride_ == 1) return *at;
            std::uint64_t bits = 0;
            const std::size_t bytes = stride_ < 8 ? stride_ : 8;
            for (std::size_t i = 0; i < bytes; ++i)
                bits |= std::uint64_t{at[8 * word + i]} << (8 * i);
            return bits;
        }

    private:
        std::vector<unsigned char> bytes_;
        std::size_t stride_ = 1, words_ = 1;
    };

    const Plan& plan_;
    const HouseholdInputs& households_;
    const PersonInputs& persons_;
    const RegisterInputs& deeds_;
    std::vector<Column> columns_;
    std::vector<Test> tests_;
    std::vector<std::vector<std::uint32_t>> conditions_;  ///< of a slot: tests, in the order of when
    std::vector<std::uint32_t> deed_tests_;
    std::size_t person_tests_ = 0, household_tests_ = 0;
    std::size_t deed_words_ = 0;
    Bits person_bits_, household_bits_;  ///< persons: one row more, of nobody
};

}  // namespace gridgov::points
