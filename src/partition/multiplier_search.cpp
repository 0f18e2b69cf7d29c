#include "partition/multiplier_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "partition/reach.hpp"
#include "threads.hpp"

namespace gridgov::partition {
namespace {

__extension__ typedef __int128 Wide;

/// A household that a candidate may take: distance less multiplier, and weight.
struct Offer {
    std::int64_t cost_um;
    std::int64_t weight;
    std::uint32_t household;
    std::int64_t distance_um;
};

bool cheaper(const Offer& a, const Offer& b) {
    return Wide{a.cost_um} * b.weight < Wide{b.cost_um} * a.weight;
}

std::int64_t floor_division(Wide numerator, std::int64_t denominator) {
    Wide quotient = numerator / denominator;
    if (numerator % denominator < 0) --quotient;
    return static_cast<std::int64_t>(quotient);
}

/// The least cost of taking a weight of `least` to `most` from the offers, parts allowed: the
/// continuous knapsack, by cost per weight (Dantzig 1957), rounded down. Whoever is not offered
/// costs at least `others_cost` and weighs at most `others_weight`. Reorders the offers.
struct Taken {
    std::int64_t cost_um;
    bool others_needed;
    std::int64_t dearest_um = 0;  ///< of those taken to reach `least`
};
Taken take_cheapest(std::vector<Offer>& offers, std::int64_t least, std::int64_t most,
                    std::int64_t others_cost, std::int64_t others_weight) {
    const auto paying_end = std::partition(offers.begin(), offers.end(),
                                           [](const Offer& offer) { return offer.cost_um < 0; });
    Wide cost = 0;
    std::int64_t weight = 0;
    for (auto offer = offers.begin(); offer != paying_end; ++offer) {
        cost += offer->cost_um;
        weight += offer->weight;
    }
    const auto clamped = [](Wide value) {
        return static_cast<std::int64_t>(std::min<Wide>(value, Wide{1} << 62));
    };
    if (weight > most) {
        std::sort(offers.begin(), paying_end, cheaper);
        cost = 0;
        std::int64_t room = most;
        for (auto offer = offers.begin(); offer != paying_end && room > 0; ++offer) {
            if (offer->weight <= room)
                cost += offer->cost_um;
            else
                cost += floor_division(Wide{offer->cost_um} * room, offer->weight);
            room -= std::min(room, offer->weight);
        }
        return {clamped(cost), false};
    }
    std::int64_t missing = least - weight;
    if (missing <= 0) return {clamped(cost), false};
    std::sort(paying_end, offers.end(), cheaper);
    for (auto offer = paying_end; offer != offers.end(); ++offer) {
        if (Wide{offer->cost_um} * others_weight > Wide{others_cost} * offer->weight) break;
        if (offer->weight >= missing) {
            cost += floor_division(Wide{offer->cost_um} * missing, offer->weight);
            return {clamped(cost), false, offer->cost_um};
        }
        cost += offer->cost_um;
        missing -= offer->weight;
    }
    // missing ≤ 2^60 and others_cost ≤ 2^51: far from the end of 128 bits.
    return {clamped(cost + Wide{others_cost} * missing / others_weight), true};
}

/// How the search goes: how far multipliers move in a step, as a share of what they were at first,
/// and how much of its direction the next step keeps.
struct Schedule {
    float first_step, last_step, ratio, inertia;
};
constexpr Schedule usual = {0.05F, 0.0004F, 0.995F, 0.85F};
/// Where sizes bind hard, whole neighbourhoods rise and fall together: slowly, and without inertia.
constexpr Schedule careful = {0.01F, 0.0001F, 0.998F, 0.5F};
constexpr double careful_from_gap = 0.05;

template <class Reach>
class Search {
public:
    Search(const RelaxedComponent& component, Reach& reach, std::int64_t multiplier_um_max,
           unsigned threads, const std::atomic<bool>* cancel)
        : component_(component), reach_(reach), households_(component.size()),
          multiplier_um_max_(multiplier_um_max), threads_(threads), cancel_(cancel),
          served_(households_) {
        weight_max_ = *std::max_element(component.weight.begin(), component.weight.end());
        equal_weights_ = std::all_of(component.weight.begin(), component.weight.end(),
                                     [&](std::int64_t weight) { return weight == weight_max_; });
        const std::int64_t others = households_;
        most_others_ = std::min(others, component.weight_most / weight_max_ - 1);
        least_others_ =
            std::min(others, (component.weight_least + weight_max_ - 1) / weight_max_ - 1);
        const std::uint32_t blocks = (households_ + block_size - 1) / block_size;
        for (std::uint32_t block = 0; block < blocks; ++block) blocks_.emplace_back();
    }

    Multipliers run(const Progress& progress) {
        start();
        if (component_.courtyards_most == 1 && households_ <= one_courtyard_max)
            try_one_courtyard();
        evaluate();
        follow(usual, progress);
        const double found_um = static_cast<double>(best_bound_um_);
        if (total_um_ > (1 + careful_from_gap) * found_um && !cancelled()) {
            start();
            evaluate();
            follow(careful, progress);
        }
        Multipliers found;
        found.um = std::move(best_um_);
        found.bound_um = best_bound_um_;
        return found;
    }

private:
    void follow(const Schedule& schedule, const Progress& progress) {
        float step = schedule.first_step;
        inertia_ = schedule.inertia;
        while (step > schedule.last_step && !cancelled() && !closed()) {
            const int rounds = step > 0.02F ? 25 : step > 0.005F ? 50 : 100;
            for (int i = 0; i < rounds; ++i) {
                iterate(step);
                step *= schedule.ratio;
            }
            drift_ = step * static_cast<float>(rounds);
            evaluate();
            told_ = std::max(told_, 1 - static_cast<double>(step / schedule.first_step));
            progress(told_);
            if (failing()) {
                // Steps too great for this component: again from the best, with smaller ones.
                step *= 0.5F;
                from_best();
            }
        }
    }

    static constexpr std::uint32_t block_size = 2048;
    static constexpr std::uint32_t one_courtyard_max = 4096;
    static constexpr std::int32_t whole = 1 << 12;  ///< a household served once

    struct Entry {
        std::uint32_t household;
        float distance_m;
    };
    /// Candidates near the price at which courtyards are chosen, and whom each might serve.
    struct Block {
        std::vector<std::uint32_t> candidates;
        std::vector<std::uint32_t> offsets;
        std::vector<Entry> entries;
        std::vector<float> cost_m;
        std::vector<std::int64_t> exact_cost_um;  ///< of all allowed candidates
    };
    struct Choice {
        float cost_m;
        std::uint32_t block, place;
        bool operator<(const Choice& other) const {
            if (cost_m != other.cost_m) return cost_m < other.cost_m;
            return block != other.block ? block < other.block : place < other.place;
        }
    };
    struct Reduced {
        float cost;    ///< metres
        std::uint32_t household;
    };

    bool cancelled() const {
        return cancel_ != nullptr && cancel_->load(std::memory_order_relaxed);
    }

    /// Distance to the head, and the same price for every courtyard spread over its weight.
    void start() {
        drift_ = 1;
        price_m_ = std::numeric_limits<float>::infinity();
        lambda_m_.resize(households_);
        double total_m = 0;
        for (const float distance : component_.distance_m) total_m += static_cast<double>(distance);
        total_um_ = total_m * 1e6;
        const auto price = static_cast<float>(
            0.6 * total_m / static_cast<double>(component_.courtyards_most));
        for (std::uint32_t i = 0; i < households_; ++i) {
            const auto weight = static_cast<float>(component_.weight[i]);
            lambda_m_[i] =
                component_.distance_m[i] + price * weight / component_.courtyard_weight[i];
        }
        scale_m_ = lambda_m_;
        direction_.assign(households_, 0.0F);
        typical_m_ = static_cast<float>(total_m / static_cast<double>(households_));
    }

    /// The exact bound of the multipliers as they stand; keeps them if it is the best; and makes
    /// lists anew for the steps that follow.
    void evaluate() {
        lambda_um_.resize(households_);
        for (std::uint32_t i = 0; i < households_; ++i) {
            const auto rounded = static_cast<std::int64_t>(static_cast<double>(lambda_m_[i]) * 1e6);
            lambda_um_[i] = std::clamp(rounded, -multiplier_um_max_, multiplier_um_max_);
        }
        reach_.set_multipliers(lambda_um_);
        horizon_um_ = std::max<std::int64_t>(
            1, *std::max_element(lambda_um_.begin(), lambda_um_.end()));
        const float keep_below = price_m_ + std::clamp(drift_, 0.05F, 1.0F) * std::abs(price_m_);
        for_each_piece(
            blocks_.size(), threads_, [&](std::size_t b) { evaluate_block(b, keep_below); },
            [](std::size_t) {});
        std::vector<std::int64_t> costs;
        std::size_t kept = 0;
        for (const Block& block : blocks_) {
            costs.insert(costs.end(), block.exact_cost_um.begin(), block.exact_cost_um.end());
            kept += block.candidates.size();
        }
        const std::int64_t bound = bound_of(costs);
        if (best_um_.empty() || bound > best_bound_um_) {
            best_bound_um_ = bound;
            best_um_ = lambda_um_;
        }
        last_bound_um_ = bound;
        const auto wanted = static_cast<std::size_t>(component_.courtyards_most);
        if (kept < std::min(costs.size(), 2 * wanted)) {
            drift_ = 2 * drift_ + 0.1F;
            price_m_ = static_cast<float>(static_cast<double>(price_um_) * 1e-6);
            if (drift_ > 4) price_m_ = std::numeric_limits<float>::infinity();
            evaluate();
        }
    }

    void evaluate_block(std::size_t b, float keep_below) {
        Block& block = blocks_[b];
        block.candidates.clear();
        block.offsets.assign(1, 0);
        block.entries.clear();
        block.exact_cost_um.clear();
        auto scratch = reach_.scratch();
        std::vector<Offer> offers;
        const auto first = static_cast<std::uint32_t>(b) * block_size;
        const auto last = std::min(first + block_size, households_);
        for (std::uint32_t j = first; j < last; ++j) {
            if (!component_.may_be_head[j]) continue;
            const std::int64_t own = component_.weight[j];
            const float slack_m =
                std::clamp(drift_, 0.05F, 0.4F) * std::max(lambda_m_[j], typical_m_);
            const auto slack = static_cast<std::int64_t>(static_cast<double>(slack_m) * 1e6);
            std::int64_t threshold = std::clamp<std::int64_t>(slack, 1, horizon_um_);
            const auto collect = [&] {
                offers.clear();
                reach_.below(j, threshold, scratch, [&](std::uint32_t i, std::int64_t distance) {
                    offers.push_back(
                        {distance - lambda_um_[i], component_.weight[i], i, distance});
                });
            };
            Taken taken{};
            for (;;) {
                collect();
                taken = take_cheapest(offers, component_.weight_least - own,
                                      component_.weight_most - own, threshold, weight_max_);
                if (!taken.others_needed || threshold == horizon_um_) break;
                threshold = std::min(2 * threshold, horizon_um_);
            }
            const std::int64_t cost = taken.cost_um - lambda_um_[j];
            block.exact_cost_um.push_back(cost);
            if (static_cast<float>(static_cast<double>(cost) * 1e-6) > keep_below) continue;
            if (taken.dearest_um + slack > threshold && threshold < horizon_um_) {
                threshold = std::min(taken.dearest_um + slack, horizon_um_);
                collect();  // with some who may become cheap enough
            }
            block.candidates.push_back(j);
            for (const Offer& offer : offers)
                block.entries.push_back(
                    {offer.household,
                     static_cast<float>(static_cast<double>(offer.distance_um) * 1e-6)});
            block.offsets.push_back(static_cast<std::uint32_t>(block.entries.size()));
        }
        block.cost_m.resize(block.candidates.size());
    }

    /// All multipliers, and the courtyards that cost least, of the number that is worst for us.
    std::int64_t bound_of(std::vector<std::int64_t>& costs) {
        Wide sum = 0;
        for (const std::int64_t multiplier : lambda_um_) sum += multiplier;
        const auto least = static_cast<std::size_t>(component_.courtyards_least);
        const auto most =
            std::min(static_cast<std::size_t>(component_.courtyards_most), costs.size());
        const auto end = costs.begin() + static_cast<std::ptrdiff_t>(most);
        if (most < costs.size()) std::nth_element(costs.begin(), end - 1, costs.end());
        price_um_ = *(end - 1);
        if (least < most)
            std::nth_element(costs.begin(), costs.begin() + static_cast<std::ptrdiff_t>(least),
                             end);
        for (std::size_t i = 0; i < most; ++i)
            if (i < least || costs[i] < 0) sum += costs[i];
        return static_cast<std::int64_t>(std::clamp<Wide>(sum, 0, Wide{1} << 62));
    }

    /// One courtyard holds everyone: with multipliers above all distances the bound is the total.
    void try_one_courtyard() {
        const std::vector<float> started = lambda_m_;
        const float most =
            *std::max_element(component_.distance_m.begin(), component_.distance_m.end());
        std::fill(lambda_m_.begin(), lambda_m_.end(), 2 * most + 1);
        evaluate();
        lambda_m_ = started;
    }

    /// Nothing is left to gain but what rounding took.
    bool closed() const {
        return static_cast<double>(best_bound_um_) >= total_um_ * (1 - 1e-7) - households_;
    }
    bool failing() const {
        const double gap = total_um_ - static_cast<double>(best_bound_um_);
        return static_cast<double>(last_bound_um_) <
               static_cast<double>(best_bound_um_) - 2 * std::max(gap, 0.01 * total_um_);
    }
    void from_best() {
        for (std::uint32_t i = 0; i < households_; ++i)
            lambda_m_[i] = static_cast<float>(static_cast<double>(best_um_[i]) * 1e-6);
        std::fill(direction_.begin(), direction_.end(), 0.0F);
        evaluate();
    }

    /// One step: the courtyards that cost least, whom they serve too often or not at all, and
    /// multipliers moved that way.
    void iterate(float step) {
        for_each_piece(
            blocks_.size(), threads_,
            [&](std::size_t b) {
                Block& block = blocks_[b];
                std::vector<Reduced> buffer;
                for (std::uint32_t place = 0; place < block.candidates.size(); ++place)
                    block.cost_m[place] = cost(block, place, buffer, false);
            },
            [](std::size_t) {});
        choices_.clear();
        for (std::uint32_t b = 0; b < blocks_.size(); ++b)
            for (std::uint32_t place = 0; place < blocks_[b].candidates.size(); ++place)
                choices_.push_back({blocks_[b].cost_m[place], b, place});
        auto most = std::min(static_cast<std::size_t>(component_.courtyards_most),
                             choices_.size());
        auto end = choices_.begin() + static_cast<std::ptrdiff_t>(most);
        std::nth_element(choices_.begin(), end - 1, choices_.end());
        price_m_ = (end - 1)->cost_m;
        if (component_.courtyards_least < component_.courtyards_most) {
            std::sort(choices_.begin(), end);
            while (most > static_cast<std::size_t>(component_.courtyards_least) &&
                   choices_[most - 1].cost_m >= 0)
                --most;
            end = choices_.begin() + static_cast<std::ptrdiff_t>(most);
        }
        for (std::atomic<std::int32_t>& count : served_) count.store(0, std::memory_order_relaxed);
        std::sort(choices_.begin(), end, [](const Choice& a, const Choice& b) {
            return a.block != b.block ? a.block < b.block : a.place < b.place;
        });
        constexpr std::size_t pieces_of = 512;
        for_each_piece(
            (most + pieces_of - 1) / pieces_of, threads_,
            [&](std::size_t piece) {
                std::vector<Reduced> buffer;
                for (std::size_t i = piece * pieces_of; i < std::min(most, (piece + 1) * pieces_of);
                     ++i)
                    cost(blocks_[choices_[i].block], choices_[i].place, buffer, true);
            },
            [](std::size_t) {});
        for (std::uint32_t i = 0; i < households_; ++i) {
            const std::int32_t served = served_[i].load(std::memory_order_relaxed);
            const float missing = static_cast<float>(whole - served) / static_cast<float>(whole);
            direction_[i] = inertia_ * direction_[i] + (1 - inertia_) * missing;
            lambda_m_[i] += step * scale_m_[i] * direction_[i];
        }
    }

    /// A candidate's least cost; with `serve` it also counts whom it serves.
    float cost(const Block& block, std::uint32_t place, std::vector<Reduced>& buffer, bool serve) {
        const std::uint32_t candidate = block.candidates[place];
        const std::uint32_t first = block.offsets[place];
        const std::size_t offered = block.offsets[place + 1] - first;
        const Entry* const entries = block.entries.data() + first;
        buffer.resize(offered);
        std::size_t count = 0;
        for (std::size_t i = 0; i < offered; ++i) {
            const float reduced = entries[i].distance_m - lambda_m_[entries[i].household];
            buffer[count] = {reduced, entries[i].household};
            count += reduced < 0 ? 1 : 0;
        }
        float sum = -lambda_m_[candidate];
        const auto by_cost = [](const Reduced& a, const Reduced& b) {
            return a.cost != b.cost ? a.cost < b.cost : a.household < b.household;
        };
        if (equal_weights_) {
            const auto least = static_cast<std::size_t>(std::max<std::int64_t>(0, least_others_));
            const auto most = static_cast<std::size_t>(std::max<std::int64_t>(0, most_others_));
            if (count > most) {
                std::nth_element(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(most),
                                 buffer.begin() + static_cast<std::ptrdiff_t>(count), by_cost);
                count = most;
            } else if (count < least) {
                for (std::size_t i = 0; i < offered; ++i)
                    buffer[i] = {entries[i].distance_m - lambda_m_[entries[i].household],
                                 entries[i].household};
                count = std::min(least, offered);
                if (count < offered)
                    std::nth_element(buffer.begin(),
                                     buffer.begin() + static_cast<std::ptrdiff_t>(count),
                                     buffer.end(), by_cost);
            }
            for (std::size_t i = 0; i < count; ++i) sum += buffer[i].cost;
            if (serve) {
                add(candidate, whole);
                for (std::size_t i = 0; i < count; ++i) add(buffer[i].household, whole);
            }
            return sum;
        }
        if (serve) add(candidate, whole);
        return sum + weighted_cost(candidate, entries, offered, buffer, serve);
    }

    float weighted_cost(std::uint32_t candidate, const Entry* entries, std::size_t offered,
                        std::vector<Reduced>& buffer, bool serve) {
        const auto& weight = component_.weight;
        std::int64_t taken = 0;
        for (std::size_t i = 0; i < offered; ++i) {
            const std::uint32_t household = entries[i].household;
            buffer[i] = {entries[i].distance_m - lambda_m_[household], household};
            if (buffer[i].cost < 0) taken += weight[household];
        }
        const std::int64_t least = component_.weight_least - weight[candidate];
        const std::int64_t most = component_.weight_most - weight[candidate];
        float sum = 0;
        if (least <= taken && taken <= most) {
            for (std::size_t i = 0; i < offered; ++i) {
                if (buffer[i].cost >= 0) continue;
                sum += buffer[i].cost;
                if (serve) add(buffer[i].household, whole);
            }
            return sum;
        }
        std::sort(buffer.begin(), buffer.end(), [&](const Reduced& a, const Reduced& b) {
            const float left = a.cost * static_cast<float>(weight[b.household]);
            const float right = b.cost * static_cast<float>(weight[a.household]);
            return left != right ? left < right : a.household < b.household;
        });
        std::int64_t room = taken > most ? most : least;
        for (std::size_t i = 0; i < offered && room > 0; ++i) {
            const std::int64_t own = weight[buffer[i].household];
            const float part =
                own <= room ? 1.0F : static_cast<float>(room) / static_cast<float>(own);
            sum += part * buffer[i].cost;
            if (serve)
                add(buffer[i].household,
                    static_cast<std::int32_t>(part * static_cast<float>(whole)));
            room -= std::min(room, own);
        }
        return sum;
    }

    void add(std::uint32_t household, std::int32_t amount) {
        served_[household].fetch_add(amount, std::memory_order_relaxed);
    }

    const RelaxedComponent& component_;
    Reach& reach_;
    const std::uint32_t households_;
    const std::int64_t multiplier_um_max_;
    const unsigned threads_;
    const std::atomic<bool>* cancel_;

    std::int64_t weight_max_ = 1;       ///< of a household
    bool equal_weights_ = true;
    std::int64_t least_others_ = 0, most_others_ = 0;

    std::vector<float> lambda_m_, scale_m_, direction_;
    float typical_m_ = 0;
    double total_um_ = 0;
    std::vector<std::int64_t> lambda_um_, best_um_;
    std::int64_t best_bound_um_ = 0, last_bound_um_ = 0, horizon_um_ = 1, price_um_ = 0;
    float price_m_ = std::numeric_limits<float>::infinity();
    float drift_ = 1;
    float inertia_ = 0;
    double told_ = 0;  ///< of progress
    std::vector<Block> blocks_;
    std::vector<Choice> choices_;
    std::vector<std::atomic<std::int32_t>> served_;
};

}  // namespace

Multipliers search_multipliers(const RelaxedComponent& component,
                               const neighbours::Graph* walk_network, unsigned threads,
                               const std::atomic<bool>* cancel, const Progress& progress) {
    // Sums of all multipliers, or of a courtyard's costs, stay within 64 bits.
    const std::int64_t um_max =
        std::min(std::int64_t{1} << 50,
                 (std::int64_t{1} << 61) / (std::int64_t{component.size()} + 1));
    if (walk_network != nullptr) {
        double most_m = 0;
        double total_m = 0;
        for (const float distance : component.distance_m) {
            most_m = std::max(most_m, static_cast<double>(distance));
            total_m += static_cast<double>(distance);
        }
        const double start_m = most_m + total_m / static_cast<double>(component.courtyards_most);
        const auto farthest = static_cast<std::int64_t>(std::min(4e6 * start_m + 1, 1e15));
        const std::int64_t limit = std::min(um_max, farthest);
        WalkReach reach(*walk_network, component.row, limit);
        return Search<WalkReach>(component, reach, limit, threads, cancel).run(progress);
    }
    StraightReach reach(component.x_um, component.y_um);
    return Search<StraightReach>(component, reach, um_max, threads, cancel).run(progress);
}

}  // namespace gridgov::partition
