#include "gridgov/points/match.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "points/evaluate.hpp"
#include "points/judge.hpp"
#include "points/read_rows.hpp"
#include "threads.hpp"

namespace gridgov::points {
namespace {

constexpr std::size_t piece_rows = 65'536;
constexpr std::size_t chunk_rows = 1'024;  // their records fit a cache

/// What the rows of a piece met, in their order.
struct Piece {
    std::vector<std::uint32_t> rules;
    std::vector<std::int64_t> raw_points;
    Faults faults;
};

/// Matches rows [first, last); writes how many rules row r met at offsets[r + 1].
void match_rows(const Job& job, const RowReader& reader, std::size_t first, std::size_t last,
                std::int64_t* offsets, Piece& piece) {
    std::vector<RowRecord> records(chunk_rows);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> none_again;
    std::vector<std::uint32_t> met;
    piece.rules.reserve(last - first);
    piece.raw_points.reserve(last - first);
    for (std::size_t begin = first; begin < last; begin += chunk_rows) {
        const std::size_t rows = std::min(chunk_rows, last - begin);
        reader.read(begin, rows, records.data(), none_again, piece.faults);
        for (std::size_t i = 0; i < rows; ++i) {
            const RowRecord& record = records[i];
            if (record.household == no_index) continue;
            match_row(job, record, met);
            for (const std::uint32_t slot : met) {
                std::int64_t raw = 0;
                if (!job.plan.slots[slot].raw_points(record.units, raw))
                    piece.faults.add(Code::points_overflow, Table::deeds, record.row,
                                     job.deeds.number(record.row),
                                     job.households.village_of[record.household]);
                piece.rules.push_back(slot);
                piece.raw_points.push_back(raw);
            }
            offsets[begin + i + 1] = static_cast<std::int64_t>(met.size());
        }
    }
}

/// Takes out what rows of villages that are left out met.
void leave_out(const Job& job, Matches& matches) {
    std::size_t to = 0, from = 0;
    for (std::size_t row = 0; row < job.deeds.rows; ++row) {
        const auto met = static_cast<std::size_t>(matches.offsets[row + 1]) - from;
        const std::uint32_t household = job.deeds.households[row];
        if (household < job.households.size() &&
            !job.households.faulty[job.households.village_of[household]]) {
            for (std::size_t i = 0; i < met; ++i) {
                matches.rules[to + i] = matches.rules[from + i];
                matches.raw_points[to + i] = matches.raw_points[from + i];
            }
            to += met;
        }
        from += met;
        matches.offsets[row + 1] = static_cast<std::int64_t>(to);
    }
    matches.rules.resize(to);
    matches.raw_points.resize(to);
}

}  // namespace

Matches match(const Rulebooks& rulebooks, const Tables& given, const Options& options) {
    Tables tables = given;
    tables.exchanges = {};
    tables.goods = {};
    Faults faults;
    check_lengths(tables, faults);
    if (!faults.empty()) throw DataError(faults.findings());
    Plan plan(rulebooks);
    HouseholdInputs households = read_households(tables.households, faults);
    PersonInputs persons = read_persons(tables.persons, tables.households, households, faults);
    const RegisterInputs deeds = read_register(tables.deeds, tables.households, households,
                                               tables.persons, persons, faults);
    Faults of_conditions;
    const Matching matching(plan, tables, households, persons, deeds, of_conditions);
    const bool usable = can_be_asked(of_conditions);
    faults.take(of_conditions);
    if (!usable) throw DataError(faults.findings());
    const ExchangeInputs no_exchanges;
    Job job(plan, matching, households, persons, deeds, no_exchanges);
    for (const std::string_view village : households.villages)
        job.villages.emplace_back().terms = plan.rulebooks().in_force(village);
    job.compare_terms();
    const RowReader reader(job, nullptr, nullptr);

    Matches out;
    out.offsets.assign(deeds.rows + 1, 0);
    const std::size_t pieces = std::max<std::size_t>(1, (deeds.rows + piece_rows - 1) / piece_rows);
    std::vector<Piece> met(pieces);
    std::atomic<bool> cancelled = false;
    for_each_piece(
        pieces, options.threads,
        [&](std::size_t p) {
            if (options.cancel != nullptr && options.cancel->load()) cancelled = true;
            if (cancelled) return;
            match_rows(job, reader, p * piece_rows, std::min(deeds.rows, (p + 1) * piece_rows),
                       out.offsets.data(), met[p]);
        },
        [&](std::size_t done) {
            if (options.progress)
                options.progress(static_cast<double>(done) / static_cast<double>(pieces));
        });
    if (cancelled) {
        Matches none;
        none.cancelled = true;
        return none;
    }
    std::size_t matches = 0;
    for (Piece& piece : met) {
        faults.take(piece.faults);
        matches += piece.rules.size();
    }
    resolve_reversals(job, nullptr, faults);
    judge(faults, options, nullptr, households, out.findings);
    out.left_out = left_out(households);

    for (std::size_t row = 0; row < deeds.rows; ++row) out.offsets[row + 1] += out.offsets[row];
    if (pieces == 1) {
        out.rules = std::move(met.front().rules);
        out.raw_points = std::move(met.front().raw_points);
    } else {
        out.rules.reserve(matches);
        out.raw_points.reserve(matches);
        for (Piece& piece : met) {
            out.rules.insert(out.rules.end(), piece.rules.begin(), piece.rules.end());
            out.raw_points.insert(out.raw_points.end(), piece.raw_points.begin(),
                                  piece.raw_points.end());
            piece = {};
        }
    }
    if (!out.left_out.empty()) leave_out(job, out);
    for (std::uint32_t slot = 0; slot < plan.slots.size(); ++slot)
        out.names.push_back({plan.rulebook(slot).id, plan.rule(slot).id, plan.rule(slot).group});
    return out;
}

}  // namespace gridgov::points
