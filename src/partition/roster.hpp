// Who stands in which courtyard of one component, and where each stood before: the search for legal
// courtyards that moves the fewest households.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gridgov/partition/revise.hpp"
#include "partition/component.hpp"
#include "partition/random.hpp"
#include "partition/tree_split.hpp"

namespace gridgov::partition {

/// Where the households of a component stood before.
struct Homes {
    std::uint32_t homes = 0;               ///< courtyards before that are known in this component
    std::vector<std::uint32_t> of;         ///< per household: home, or no_index (newcomers)
    /// Per household: 1 where it was in a courtyard before, though perhaps in one that lives on in
    /// another component; such a household moves whatever is done here.
    std::vector<std::uint8_t> was;
    std::vector<std::uint8_t> locked;      ///< per home
};

/// What a roster is judged by, the first that differs.
struct Standing {
    std::int64_t broken = 0;      ///< weight outside the bounds
    std::int64_t violation = 0;   ///< how far outside
    std::int64_t moved = 0;       ///< households
    std::int64_t off_count = 0;   ///< courtyards more or fewer than wanted
    friend auto operator<=>(const Standing&, const Standing&) = default;
};

/// Parts [0, homes) are the courtyards before, by home, perhaps empty now; further ones are new.
/// Every part that is not empty and not locked is connected.
class Roster {
public:
    Roster(const Component& component, const Bounds& bounds, const Homes& homes,
           const std::atomic<bool>* cancel);

    /// Everyone at home, pieces and newcomers set apart. First of all.
    void begin();
    /// Whether some part is so heavy that it is better divided by a whole new partition.
    bool heavy() const;
    /// Divides the heavy parts along a division of the component (a label per atom).
    void divide(std::span<const std::uint32_t> labels);
    /// Everybody who is not locked stands as a division of the component says.
    void divide_anew(std::span<const std::uint32_t> labels);
    /// Newcomers placed, sizes mended, and back home who can. After `begin`.
    void finish();

    /// Of all parts that are not locked.
    Standing standing() const;
    bool cancelled() const { return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed); }
    std::uint32_t part_of(std::uint32_t atom) const { return part_of_[atom]; }
    std::uint32_t parts() const { return static_cast<std::uint32_t>(parts_.size()); }
    bool locked(std::uint32_t part) const { return parts_[part].locked; }
    bool empty(std::uint32_t part) const { return parts_[part].atoms.empty(); }
    Why why(std::uint32_t atom) const { return why_[atom]; }
    /// Households of an atom that would have moved if it stood in `part`.
    std::uint32_t moved_if(std::uint32_t atom, std::uint32_t part) const {
        return was_[atom] - at_home(atom, part);
    }

private:
    using Numbers = std::vector<std::uint32_t>;
    struct Part {
        Numbers atoms;
        std::int64_t weight = 0;
        double x_um = 0, y_um = 0;  ///< sums over atoms, of each one's first household
        bool locked = false;
        bool loose = false;         ///< nobody's home, made of those who have to go somewhere
    };

    // places
    void put(std::uint32_t atom, std::uint32_t part);
    void take(std::uint32_t atom);
    void move(std::uint32_t atom, std::uint32_t to, Why why);
    std::uint32_t new_part(bool loose);
    std::uint32_t at_home(std::uint32_t atom, std::uint32_t part) const;
    std::int64_t cost(std::uint32_t atom, std::uint32_t to) const;
    double distance(std::uint32_t atom, std::uint32_t part) const;
    bool beside(std::uint32_t atom, std::uint32_t part) const;
    bool connected_without(std::uint32_t part, std::uint32_t atom);
    bool connected(const Numbers& atoms);
    Numbers parts_beside(std::uint32_t part) const;
    bool undersize(std::uint32_t part) const {
        return !parts_[part].atoms.empty() && parts_[part].weight < bounds_.min;
    }
    bool oversize(std::uint32_t part) const { return parts_[part].weight > bounds_.max; }
    bool violating(std::uint32_t part) const {
        return !parts_[part].locked && (undersize(part) || oversize(part));
    }

    // tentative changes
    std::size_t mark() const { return log_.size(); }
    void roll_back(std::size_t mark);

    // steps
    void stand_as_before();
    void gather_free();
    void take_all(std::uint32_t part);
    void weigh(const Part& part, std::int64_t sign);
    Standing judged() const;
    void settle_loose();
    void mend(bool loose_too);
    bool mend_part(std::uint32_t part);
    bool chain(std::uint32_t part, bool pull, Why why, std::uint32_t barred);
    std::uint32_t to_hand_over(std::uint32_t from, std::uint32_t to);
    bool fill(std::uint32_t part, Why why);
    bool shed(std::uint32_t part, Why why, std::uint32_t barred);
    bool dissolve(std::uint32_t part, Why why);
    bool unite(std::uint32_t part, Why why);
    bool resplit(const Numbers& parts, std::uint32_t count, int tries, Why why);
    SpanningTree tree_along_parts(const Region& region);
    Numbers around(std::uint32_t part, std::size_t count) const;
    void divide_for_count();
    void bring_home();
    bool bring_home(std::uint32_t atom, std::uint32_t home);

    /// Above so many times max a part is divided by a whole new partition: chains are for a few.
    static constexpr std::int64_t heavy_factor = 3;

    const Component& component_;
    const Bounds& bounds_;
    const Homes& homes_;
    const std::atomic<bool>* cancel_;
    Random random_;
    std::vector<Part> parts_;
    Numbers part_of_;
    Numbers was_;                                  ///< households of an atom with a place before
    Numbers home_offsets_;                         ///< per atom, into the two below
    Numbers home_, home_count_;
    std::vector<Why> why_;
    /// Sums over parts that are not locked: [0] of homes, [1] of loose ones.
    std::int64_t broken_[2] = {0, 0}, violation_[2] = {0, 0};
    std::int64_t moved_ = 0, alive_ = 0;
    bool loose_count_ = false;  ///< whether loose parts are judged yet
    std::vector<std::pair<std::uint32_t, std::uint32_t>> log_;  ///< atom, where it was
    std::vector<Why> log_why_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pending_;
    Numbers seen_;
    std::uint32_t stamp_ = 0;
    Numbers queue_;
};

}  // namespace gridgov::partition
