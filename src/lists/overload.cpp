#include "lists/overload.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace gridgov::lists {
namespace {

/// Sets of people tried before the search for the smallest is given up.
constexpr std::size_t sets_max = 200'000;

struct Network {
    std::vector<std::uint32_t> persons;  // ascending
    MaxFlow flow{0};
    std::size_t source = 0, sink = 0;
    CentiHours total = 0;

    Network(const std::vector<Demand>& demands, const std::vector<CentiHours>& capacity) {
        for (const Demand& demand : demands) {
            persons.insert(persons.end(), demand.persons->begin(), demand.persons->end());
            total += demand.hours;
        }
        std::sort(persons.begin(), persons.end());
        persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
        source = demands.size() + persons.size();
        sink = source + 1;
        flow = MaxFlow(sink + 1);
        for (std::size_t i = 0; i < demands.size(); ++i) {
            flow.add_edge(source, i, demands[i].hours);
            for (const std::uint32_t person : *demands[i].persons)
                flow.add_edge(i, node_of(demands.size(), person), demands[i].hours);
        }
        for (const std::uint32_t person : persons)
            flow.add_edge(node_of(demands.size(), person), sink, capacity[person]);
    }

    std::size_t node_of(std::size_t demands, std::uint32_t person) const {
        return demands + static_cast<std::size_t>(
                             std::lower_bound(persons.begin(), persons.end(), person) -
                             persons.begin());
    }
};

/// People as places in a short list, and the demands that lie wholly among them.
class Search {
public:
    Search(const std::vector<Demand>& demands, const std::vector<CentiHours>& capacity,
           std::vector<std::uint32_t> persons)
        : capacity_(capacity), persons_(std::move(persons)), chosen_(persons_.size()) {
        for (const Demand& demand : demands) {
            const auto& wanted = *demand.persons;
            if (!std::includes(persons_.begin(), persons_.end(), wanted.begin(), wanted.end()))
                continue;
            Inner& inner = inner_.emplace_back();
            inner.demand = &demand;
            for (const std::uint32_t person : wanted)
                inner.places.push_back(static_cast<std::size_t>(
                    std::lower_bound(persons_.begin(), persons_.end(), person) -
                    persons_.begin()));
        }
    }

    Violator find() {
        Violator result;
        result.smallest = by_size();
        if (best_.empty()) {
            leave_out();
            best_ = chosen_;
        }
        chosen_ = best_;
        for (std::size_t place = 0; place < persons_.size(); ++place)
            if (chosen_[place] != 0) result.persons.push_back(persons_[place]);
        result.duties = heaviest();
        return result;
    }

private:
    struct Inner {
        const Demand* demand;
        std::vector<std::size_t> places;
    };

    bool within(const Inner& inner) const {
        return std::all_of(inner.places.begin(), inner.places.end(),
                           [&](std::size_t place) { return chosen_[place] != 0; });
    }

    CentiHours capacity() const {
        CentiHours sum = 0;
        for (std::size_t place = 0; place < persons_.size(); ++place)
            if (chosen_[place] != 0) sum += capacity_[persons_[place]];
        return sum;
    }

    bool exceeds() const {
        CentiHours hours = 0;
        for (const Inner& inner : inner_)
            if (within(inner)) hours += inner.demand->hours;
        return hours > capacity();
    }

    /// Of the duties that only those chosen can do, the fewest that exceed their hours: the
    /// heaviest.
    std::vector<Duty> heaviest() const {
        std::vector<Duty> duties;
        for (const Inner& inner : inner_)
            if (within(inner))
                duties.insert(duties.end(), inner.demand->duties.begin(),
                              inner.demand->duties.end());
        std::sort(duties.begin(), duties.end(), [](const Duty& a, const Duty& b) {
            if (a.hours != b.hours) return a.hours > b.hours;
            return a.item != b.item ? a.item < b.item : a.actor < b.actor;
        });
        CentiHours left = capacity();
        std::size_t count = 0;
        while (count < duties.size() && left >= 0) left -= duties[count++].hours;
        duties.resize(count);
        return duties;
    }

    /// Sets of one, two, … people, each size in lexicographic order, as long as so many people and
    /// one duty are fewer than the best. False: given up before all were tried.
    bool by_size() {
        std::size_t tried = 0, fewest = std::numeric_limits<std::size_t>::max();
        for (std::size_t size = 1; size <= persons_.size() && size + 1 < fewest; ++size) {
            std::vector<std::size_t> set(size);
            for (std::size_t i = 0; i < size; ++i) set[i] = i;
            while (true) {
                if (++tried > sets_max) return false;
                std::fill(chosen_.begin(), chosen_.end(), std::uint8_t{0});
                for (const std::size_t place : set) chosen_[place] = 1;
                if (exceeds())
                    if (const std::size_t count = size + heaviest().size(); count < fewest) {
                        fewest = count;
                        best_ = chosen_;
                    }
                std::size_t at = size;
                while (at > 0 && set[at - 1] == persons_.size() - size + at - 1) --at;
                if (at == 0) break;
                ++set[at - 1];
                for (std::size_t i = at; i < size; ++i) set[i] = set[i - 1] + 1;
            }
        }
        return true;
    }

    /// From all of them, one after another is left out where the rest still proves it, until nobody
    /// can be.
    void leave_out() {
        std::fill(chosen_.begin(), chosen_.end(), std::uint8_t{1});
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t place = persons_.size(); place-- > 0;) {
                if (chosen_[place] == 0) continue;
                chosen_[place] = 0;
                if (exceeds())
                    changed = true;
                else
                    chosen_[place] = 1;
            }
        }
    }

    const std::vector<CentiHours>& capacity_;
    std::vector<std::uint32_t> persons_;
    std::vector<Inner> inner_;
    std::vector<std::uint8_t> chosen_, best_;
};

}  // namespace

CentiHours missing_hours(const std::vector<Demand>& demands,
                         const std::vector<CentiHours>& capacity) {
    Network network(demands, capacity);
    return network.total - network.flow.augment(network.source, network.sink);
}

Violator smallest_violator(const std::vector<Demand>& demands,
                           const std::vector<CentiHours>& capacity) {
    // The people of the smallest proof are among those of a greatest shortfall: if duties that need
    // the others took more than the others have, they would make it greater; if not, the rest of
    // the proof would do.
    Network network(demands, capacity);
    network.flow.augment(network.source, network.sink);
    std::vector<std::uint32_t> persons;
    for (const std::uint32_t person : network.persons)
        if (network.flow.reached(network.node_of(demands.size(), person)))
            persons.push_back(person);
    return Search(demands, capacity, std::move(persons)).find();
}

}  // namespace gridgov::lists
