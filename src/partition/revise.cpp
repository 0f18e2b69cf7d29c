#include "gridgov/partition/revise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

#include "number_text.hpp"
#include "partition/continuity.hpp"
#include "partition/distance.hpp"
#include "partition/measure.hpp"
#include "partition/moved_bound.hpp"
#include "partition/previous.hpp"
#include "partition/roster.hpp"
#include "partition/shape_bound.hpp"
#include "partition/shorten.hpp"
#include "partition/state.hpp"
#include "partition/walk_distance.hpp"
#include "refuse.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

/// A component under revision.
struct Piece {
    Homes homes;
    std::vector<std::uint32_t> courtyard;  ///< per home: number among the courtyards before
    std::vector<double> share;             ///< as MovedBoundInput has it
    std::unique_ptr<Roster> roster;
    std::vector<std::uint32_t> part_of;    ///< per household, when all is done
    std::vector<Why> why;                  ///< per household
    double bound = 0;
};

class Reviser {
public:
    Reviser(const Town& town, const neighbours::Neighbours& neighbours,
            const PreviousAssignment& previous, const Options& options,
            const ReviseOptions& revise_options)
        : town_(town), neighbours_(neighbours), options_(options), revise_options_(revise_options),
          retired_before_(previous.retired_ids), bounds_(options.rules),
          previous_(join_previous(town, previous, revise_options)),
          problem_(make_problem(town, neighbours, bounds_, options.seed)) {
        if (options.rules.courtyards) share_out(problem_, *options.rules.courtyards);
    }

    Revision run() {
        find_homes();
        each_piece(.1, [&](std::size_t c) {
            Piece& piece = pieces_[c];
            piece.roster = std::make_unique<Roster>(problem_.components[c], bounds_, piece.homes,
                                                    options_.cancel);
            piece.roster->begin();
        });
        for (std::size_t c = 0; c < pieces_.size() && !cancelled(); ++c)
            if (pieces_[c].roster->heavy()) pieces_[c].roster->divide(fresh_labels(c));
        each_piece(.5, [&](std::size_t c) { pieces_[c].roster->finish(); });
        start_anew_where_broken();
        shorten_all();
        each_piece(1, [&](std::size_t c) { find_bound(c); });
        return assemble();
    }

private:
    bool cancelled() const {
        return options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed);
    }

    template <class Work>
    void each_piece(double share, Work work) {
        if (order_.empty()) {
            order_.resize(pieces_.size());
            std::iota(order_.begin(), order_.end(), 0U);
            std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return problem_.components[a].households() > problem_.components[b].households();
            });
        }
        for_each_piece(order_.size(), options_.threads, [&](std::size_t i) { work(order_[i]); },
                       [](std::size_t) {});
        if (options_.progress) options_.progress(share);
    }

    /// Which courtyard lives on where: in the component (or outcast) that has most of it.
    void find_homes() {
        const auto units = static_cast<std::uint32_t>(problem_.components.size());
        unit_of_.assign(town_.households(), no_index);
        local_of_.assign(town_.households(), no_index);
        for (std::uint32_t c = 0; c < units; ++c)
            for (std::uint32_t i = 0; i < problem_.components[c].households(); ++i) {
                unit_of_[problem_.components[c].row[i]] = c;
                local_of_[problem_.components[c].row[i]] = i;
            }
        for (std::uint32_t o = 0; o < problem_.outcasts.size(); ++o)
            for (const std::uint32_t row : problem_.outcasts[o].rows) unit_of_[row] = units + o;

        struct Here {
            std::uint32_t courtyard, unit;
        };
        std::vector<Here> here;
        for (std::uint32_t row = 0; row < town_.households(); ++row)
            if (previous_.home_of[row] != no_index && unit_of_[row] != no_index)
                here.push_back({previous_.home_of[row], unit_of_[row]});
        std::sort(here.begin(), here.end(), [](const Here& a, const Here& b) {
            return std::tie(a.courtyard, a.unit) < std::tie(b.courtyard, b.unit);
        });
        weight_before_.assign(previous_.ids.size(), 0);
        for (std::uint32_t row = 0; row < town_.households(); ++row)
            if (previous_.home_of[row] != no_index)
                weight_before_[previous_.home_of[row]] += town_.weights()[row].millionths;
        pieces_.resize(units);
        lives_in_.assign(previous_.ids.size(), no_index);
        std::vector<std::uint32_t> home_number(previous_.ids.size(), no_index);
        for (std::size_t i = 0; i < here.size();) {
            const std::uint32_t courtyard = here[i].courtyard;
            std::uint32_t most = 0, second = 0, in = no_index, all = 0;
            while (i < here.size() && here[i].courtyard == courtyard) {
                std::size_t end = i;
                while (end < here.size() && here[end].courtyard == courtyard &&
                       here[end].unit == here[i].unit)
                    ++end;
                const auto count = static_cast<std::uint32_t>(end - i);
                all += count;
                if (count > most) {
                    second = most;
                    most = count;
                    in = here[i].unit;
                } else {
                    second = std::max(second, count);
                }
                i = end;
            }
            lives_in_[courtyard] = in;
            apart_ += previous_.locked[courtyard] ? 0 : all - most;
            if (in >= units) continue;
            Piece& piece = pieces_[in];
            home_number[courtyard] = piece.homes.homes++;
            piece.courtyard.push_back(courtyard);
            piece.homes.locked.push_back(previous_.locked[courtyard]);
            piece.share.push_back(1 - static_cast<double>(second) / most);
        }
        // A locked courtyard keeps its members wherever they are.
        for (std::size_t i = 0; i < here.size(); ++i) {
            const auto [courtyard, unit] = here[i];
            if (!previous_.locked[courtyard] || unit >= units || unit == lives_in_[courtyard]) continue;
            if (i > 0 && here[i - 1].courtyard == courtyard && here[i - 1].unit == unit) continue;
            Piece& piece = pieces_[unit];
            ++piece.homes.homes;
            piece.courtyard.push_back(courtyard);
            piece.homes.locked.push_back(1);
            piece.share.push_back(0);
        }
        for (std::uint32_t c = 0; c < units; ++c) {
            Piece& piece = pieces_[c];
            const Component& component = problem_.components[c];
            piece.homes.of.assign(component.households(), no_index);
            piece.homes.was.assign(component.households(), 0);
            for (std::uint32_t i = 0; i < component.households(); ++i) {
                const std::uint32_t courtyard = previous_.home_of[component.row[i]];
                if (courtyard == no_index) continue;
                piece.homes.was[i] = 1;
                if (lives_in_[courtyard] == c) {
                    piece.homes.of[i] = home_number[courtyard];
                } else if (previous_.locked[courtyard]) {
                    const auto place =
                        std::find(piece.courtyard.begin(), piece.courtyard.end(), courtyard);
                    piece.homes.of[i] = static_cast<std::uint32_t>(place - piece.courtyard.begin());
                }
            }
        }
    }

    /// A whole new partition, made when first needed: labels of one component's atoms.
    std::vector<std::uint32_t> fresh_labels(std::size_t c) {
        if (fresh_.empty()) {
            Options options = options_;
            options.progress = nullptr;
            fresh_ = solve(town_, neighbours_, options).labels;
        }
        const Component& component = problem_.components[c];
        std::vector<std::uint32_t> labels(component.atoms());
        for (std::uint32_t atom = 0; atom < component.atoms(); ++atom)
            labels[atom] = static_cast<std::uint32_t>(
                fresh_[component.row[component.members_of(atom).front()]]);
        return labels;
    }

    /// Least broken weight comes first: where more is broken than must be, a whole new partition is
    /// tried, from which those who can go home.
    void start_anew_where_broken() {
        for (std::size_t c = 0; c < pieces_.size() && !cancelled(); ++c) {
            Piece& piece = pieces_[c];
            const Component& component = problem_.components[c];
            const std::int64_t broken = piece.roster->standing().broken;
            if (broken == 0 || broken <= shape_bound(component, bounds_).broken) continue;
            auto other = std::make_unique<Roster>(component, bounds_, piece.homes, options_.cancel);
            other->begin();
            other->divide_anew(fresh_labels(c));
            other->finish();
            if (other->standing() < piece.roster->standing()) piece.roster = std::move(other);
        }
    }

    // ---- distances ------------------------------------------------------------------------------

    void shorten_all() {
        if (options_.metric == Metric::walk) {
            const WalkNetwork network(neighbours_, problem_.components);
            for_each_piece_with(
                order_.size(), options_.threads, [&] { return WalkSearch(network); },
                [&](std::size_t i, WalkSearch& search) {
                    WalkDistance distance(problem_.components[order_[i]], search);
                    shorten(order_[i], distance);
                },
                [](std::size_t) {});
        } else {
            for_each_piece(
                order_.size(), options_.threads,
                [&](std::size_t i) {
                    StraightDistance distance(problem_.components[order_[i]]);
                    shorten(order_[i], distance);
                },
                [](std::size_t) {});
        }
        if (options_.progress) options_.progress(.9);
    }

    template <class Distance>
    void shorten(std::size_t c, Distance& distance) {
        Piece& piece = pieces_[c];
        const Component& component = problem_.components[c];
        Roster& roster = *piece.roster;
        std::vector<std::uint32_t> part_of(component.atoms());
        std::vector<std::uint32_t> searched;  // whom to look at first
        for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
            part_of[atom] = roster.part_of(atom);
            if (revise_options_.keep_m || roster.moved_if(atom, part_of[atom]) > 0 ||
                roster.moved_if(atom, no_index) == 0)
                searched.push_back(atom);
        }
        piece.part_of.resize(component.households());
        piece.why.resize(component.households());
        std::vector<Why> why(component.atoms());
        for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) why[atom] = roster.why(atom);
        if (!searched.empty() && !cancelled()) {
            std::vector<std::uint32_t> number(roster.parts(), no_index), part;
            std::vector<std::uint32_t> labels(component.atoms());
            for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
                std::uint32_t& n = number[part_of[atom]];
                if (n == no_index) {
                    n = static_cast<std::uint32_t>(part.size());
                    part.push_back(part_of[atom]);
                }
                labels[atom] = n;
            }
            if (part.size() > 1) {
                State<Distance> state(component, bounds_, distance, options_.group_weight_m);
                state.assign(labels, static_cast<std::uint32_t>(part.size()));
                constexpr double infinite = std::numeric_limits<double>::infinity();
                // Without keep_m nobody who could stay may go: the price is what may not rise.
                const double keep_um = revise_options_.keep_m ? *revise_options_.keep_m * 1e6 : -1;
                const auto search = [&](double price_um) {
                    const auto price = [&](std::uint32_t atom, std::uint32_t n) {
                        if (roster.locked(part[n])) return infinite;
                        const std::uint32_t moved = roster.moved_if(atom, part[n]);
                        if (price_um >= 0) return price_um * moved;
                        return moved > roster.moved_if(atom, part[state.part_of(atom)])
                                   ? infinite
                                   : 0.0;
                    };
                    Shortener<Distance, decltype(price)> shortener(state, price, options_.cancel);
                    for (const std::uint32_t atom : searched) shortener.wait(atom);
                    shortener.search();
                };
                search(-1);
                if (keep_um >= 0) search(keep_um);
                for (std::uint32_t atom = 0; atom < component.atoms(); ++atom) {
                    const std::uint32_t now = part[state.part_of(atom)];
                    if (now != part_of[atom] && roster.moved_if(atom, now) >
                                                    roster.moved_if(atom, part_of[atom]))
                        why[atom] = Why::shorter;
                    part_of[atom] = now;
                }
            }
        }
        for (std::uint32_t i = 0; i < component.households(); ++i) {
            piece.part_of[i] = part_of[component.atom_of[i]];
            piece.why[i] = why[component.atom_of[i]];
        }
    }

    // ---- the bound ------------------------------------------------------------------------------

    void find_bound(std::size_t c) {
        Piece& piece = pieces_[c];
        const Component& component = problem_.components[c];
        std::vector<std::int64_t> weight(component.households());
        for (std::uint32_t i = 0; i < component.households(); ++i)
            weight[i] = town_.weights()[component.row[i]].millionths;
        const bool sizes =
            piece.roster->standing().broken == 0 && town_.anchor_of().empty() && !cancelled();
        piece.bound = moved_bound({component, neighbours_.graph, local_of_, piece.homes, weight,
                                   piece.share, sizes},
                                  bounds_);
    }

    std::uint32_t bound() const {
        // An outcast that a better search might place otherwise leaves nothing certain.
        for (const Outcast& outcast : problem_.outcasts)
            if (!outcast.proved) return 0;
        double sum = static_cast<double>(apart_);
        for (const Piece& piece : pieces_) sum += piece.bound;
        // Prices are sums of at most a few thousand fractions: what rounding adds is far below this.
        return static_cast<std::uint32_t>(std::max(0.0, std::ceil(sum - 1e-6 * (1 + sum))));
    }

    // ---- the result -----------------------------------------------------------------------------

    Revision assemble() {
        Revision revision;
        std::vector<std::int32_t> labels(town_.households(), -1);
        std::vector<std::uint32_t> claim;  // per label: courtyard before, or no_index
        std::vector<std::int32_t> locked_label(previous_.ids.size(), -1);
        for (std::size_t c = 0; c < pieces_.size(); ++c) {
            const Component& component = problem_.components[c];
            const Piece& piece = pieces_[c];
            std::vector<std::int32_t> label(piece.roster->parts(), -1);
            for (std::uint32_t i = 0; i < component.households(); ++i) {
                const std::uint32_t part = piece.part_of[i];
                if (label[part] < 0) {
                    const std::uint32_t before =
                        part < piece.homes.homes ? piece.courtyard[part] : no_index;
                    const bool locked = before != no_index && previous_.locked[before] != 0;
                    if (locked && locked_label[before] >= 0) {
                        label[part] = locked_label[before];
                    } else {
                        label[part] = static_cast<std::int32_t>(claim.size());
                        claim.push_back(before);
                        if (locked) locked_label[before] = label[part];
                    }
                }
                labels[component.row[i]] = label[part];
            }
        }
        const std::int32_t next = label_the_rest(town_, problem_, labels,
                                                 static_cast<std::int32_t>(claim.size()));
        claim.resize(static_cast<std::size_t>(next), no_index);
        keep_locked(labels, locked_label);
        keep_unlocated(labels, claim);

        revision.partition = measure(town_, neighbours_, labels, options_, problem_);
        if (cancelled()) {
            revision.partition.outcome = Outcome::cancelled;
            Finding finding;
            finding.code = Code::cancelled;
            finding.severity = Severity::warning;
            revision.partition.findings.push_back(std::move(finding));
        }
        std::vector<std::uint32_t> claimed(revision.partition.courtyards.size(), no_index);
        for (std::size_t row = 0; row < labels.size(); ++row)
            claimed[static_cast<std::size_t>(revision.partition.labels[row])] =
                claim[static_cast<std::size_t>(labels[row])];
        before_ = living_on(revision.partition, previous_, claimed);
        give_ids(town_, previous_, before_, retired_before_, revision);
        keep_heads(town_, neighbours_, previous_, before_, options_, revision);
        tell_changes(revision);
        explain_locked(revision.partition);
        revision.moved_lower_bound = bound();
        return revision;
    }

    /// Members of locked courtyards that stand in no component: outcasts and those that follow them.
    void keep_locked(std::vector<std::int32_t>& labels, std::vector<std::int32_t>& locked_label) {
        for (std::uint32_t row = 0; row < town_.households(); ++row) {
            const std::uint32_t home = previous_.home_of[row];
            if (home == no_index || !previous_.locked[home]) continue;
            if (locked_label[home] < 0) locked_label[home] = labels[row];
            labels[row] = locked_label[home];
        }
    }

    /// Households without coordinates stay in their courtyard where that breaks no more weight.
    void keep_unlocated(std::vector<std::int32_t>& labels,
                        const std::vector<std::uint32_t>& claim) const {
        const auto anchors = town_.anchor_of();
        if (anchors.empty()) return;
        std::vector<std::int64_t> weight(claim.size(), 0);
        for (std::uint32_t row = 0; row < town_.households(); ++row)
            weight[static_cast<std::size_t>(labels[row])] += town_.weights()[row].millionths;
        std::vector<std::int32_t> label_of(previous_.ids.size(), -1);
        std::vector<std::uint32_t> village(claim.size(), no_index);
        for (std::size_t label = 0; label < claim.size(); ++label)
            if (claim[label] != no_index) label_of[claim[label]] = static_cast<std::int32_t>(label);
        for (std::uint32_t row = 0; row < town_.households(); ++row)
            if (anchors[row] == no_index)
                village[static_cast<std::size_t>(labels[row])] = town_.village_of()[row];
        std::vector<std::uint32_t> rows;
        for (std::uint32_t row = 0; row < town_.households(); ++row)
            if (anchors[row] != no_index) rows.push_back(row);
        std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
            return town_.rank()[a] < town_.rank()[b];
        });
        for (const std::uint32_t row : rows) {
            const std::uint32_t home = previous_.home_of[row];
            if (home == no_index || label_of[home] < 0 || label_of[home] == labels[row]) continue;
            if (!town_.pin_of().empty() && town_.pin_of()[row] != no_index) continue;
            const auto to = static_cast<std::size_t>(label_of[home]);
            const auto from = static_cast<std::size_t>(labels[row]);
            if (village[to] != town_.village_of()[row]) continue;
            const std::int64_t own = town_.weights()[row].millionths;
            if (bounds_.broken(weight[from] - own) + bounds_.broken(weight[to] + own) >
                bounds_.broken(weight[from]) + bounds_.broken(weight[to]))
                continue;
            weight[from] -= own;
            weight[to] += own;
            labels[row] = label_of[home];
        }
    }

    void tell_changes(Revision& revision) {
        std::vector<std::uint32_t> by_rank(town_.households());
        for (std::uint32_t row = 0; row < town_.households(); ++row)
            by_rank[town_.rank()[row]] = row;
        const auto tell = [&](std::string household, std::string from, std::string to, Why why) {
            revision.changes.household_ids.push_back(std::move(household));
            revision.changes.from_courtyard_ids.push_back(std::move(from));
            revision.changes.to_courtyard_ids.push_back(std::move(to));
            revision.changes.why.push_back(why);
        };
        for (const std::uint32_t row : by_rank) {
            const auto courtyard = static_cast<std::size_t>(revision.partition.labels[row]);
            const std::string& to = revision.partition.courtyards.ids[courtyard];
            const std::uint32_t home = previous_.home_of[row];
            if (home == no_index) {
                ++revision.entered;
                tell(town_.id(HouseholdIndex(row)), "", to, Why::entered);
            } else if (before_[courtyard] == home) {
                ++revision.kept;
            } else {
                ++revision.moved;
                tell(town_.id(HouseholdIndex(row)), previous_.ids[home], to, why_moved(row, home));
            }
        }
        for (const auto& [household, courtyard] : previous_.left) {
            ++revision.left;
            tell(household, previous_.ids[courtyard], "", Why::left);
        }
    }

    Why why_moved(std::uint32_t row, std::uint32_t home) const {
        const std::uint32_t unit = unit_of_[row];
        if (unit >= pieces_.size()) return Why::disconnected;  // a pin that no courtyard can hold
        const Why why = pieces_[unit].why[local_of_[row]];
        if (why == Why::disconnected || why == Why::shorter || why == Why::oversize) return why;
        // The search may have sent one, then another in its place: the courtyard's trouble tells.
        if (weight_before_[home] > bounds_.max) return Why::oversize;
        if (why == Why::undersize) return why;
        return lives_in_[home] == unit ? Why::undersize : Why::disconnected;
    }

    /// Locked courtyards that break a rule: because they are locked.
    void explain_locked(Partition& partition) const {
        for (std::size_t i = 0; i < partition.courtyards.size(); ++i) {
            if (before_[i] == no_index || !previous_.locked[before_[i]] ||
                partition.courtyards.status[i] == Status::within)
                continue;
            Finding& reason = partition.courtyards.reason[i];
            if (partition.courtyards.unavoidable[i] == Unavoidable::proved) continue;
            reason.code = Code::locked_courtyard_broken;
            reason.fields.emplace_back("locked", partition.courtyards.ids[i]);
            reason.fields.emplace_back("held", number_text(partition.courtyards.weight[i]));
            for (Finding& finding : partition.findings)
                for (const auto& [field, value] : finding.fields)
                    if (field == "courtyard" && value == partition.courtyards.ids[i] &&
                        finding.code != Code::no_head_allowed) {
                        const auto courtyard = std::pair(field, value);
                        finding = reason;
                        finding.fields.push_back(courtyard);
                        break;
                    }
        }
    }

    const Town& town_;
    const neighbours::Neighbours& neighbours_;
    const Options& options_;
    const ReviseOptions& revise_options_;
    const TextColumn& retired_before_;
    Bounds bounds_;
    Previous previous_;
    Problem problem_;
    std::vector<Piece> pieces_;               ///< a component each
    std::vector<std::uint32_t> order_;        ///< the largest first
    std::vector<std::uint32_t> unit_of_;      ///< per household: component, or components + outcast
    std::vector<std::uint32_t> local_of_;     ///< per household: number in its component
    std::vector<std::uint32_t> lives_in_;     ///< per courtyard before: unit
    std::vector<std::int64_t> weight_before_; ///< per courtyard before: of those still here
    std::uint64_t apart_ = 0;                 ///< households apart from most of their courtyard
    std::vector<std::int32_t> fresh_;
    std::vector<std::uint32_t> before_;       ///< per courtyard: which it was before, or no_index
};

}  // namespace

std::string_view why_name(Why why) noexcept {
    switch (why) {
        case Why::entered: return "entered";
        case Why::left: return "left";
        case Why::undersize: return "undersize";
        case Why::oversize: return "oversize";
        case Why::disconnected: return "disconnected";
        case Why::shorter: return "shorter";
    }
    return "";
}

Revision revise(const Town& town, const neighbours::Neighbours& neighbours,
                const PreviousAssignment& previous, const Options& options,
                const ReviseOptions& revise_options) {
    check(options);
    if (revise_options.keep_m) {
        const double keep_m = *revise_options.keep_m;
        if (!std::isfinite(keep_m))
            refuse(Code::option_not_finite, {{"option", "keep"}, {"value", number_text(keep_m)}});
        if (keep_m < 0)
            refuse(Code::option_negative, {{"option", "keep"}, {"value", number_text(keep_m)}});
    }
    return Reviser(town, neighbours, previous, options, revise_options).run();
}

}  // namespace gridgov::partition
