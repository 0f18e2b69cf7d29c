// The run of a settlement over its rows, block by block.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "points/account.hpp"
#include "points/evaluate.hpp"
#include "points/large_array.hpp"
#include "points/read_rows.hpp"
#include "points/state_data.hpp"

namespace gridgov::points {

/// Thrown inside: the host asked to stop.
struct Cancelled {};

/// One settlement from checked tables: rows read into blocks of households, blocks settled by threads,
/// their parts put together in order.
class Run {
public:
    Run(Job& job, const RowReader& reader, const Options& options, const State::Data* before)
        : job_(job), reader_(reader), options_(options), before_(before) {}

    /// Reads the register's rows into blocks. `again`: rows that a state knows.
    void read_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& again, Faults& faults);
    /// Settles all blocks; faults are those of sums that overflow.
    void settle(Settlement& out, State::Data* keep, Faults& faults);

private:
    struct Block {
        std::uint32_t first_household = 0, last_household = 0;
        std::size_t begin = 0, end = 0;  ///< of records_
        std::size_t text = 0;            ///< of texts_: where the block's begin
        bool keeps_texts = true;         ///< not if they are more than 32 bits count
    };

    void make_blocks();
    void gather(const Block& block, Work& work) const;
    void evaluate(const Block& block, Work& work, Evaluator& evaluator, Faults& faults) const;
    void find_scarce(Stock& stock, ExchangeResults& results, Faults& faults) const;
    bool faulty(std::uint32_t household) const {
        return job_.households.faulty[job_.households.village_of[household]];
    }
    void look(double share) const {
        if (options_.cancel != nullptr && options_.cancel->load()) throw Cancelled{};
        if (options_.progress) options_.progress(share);
    }

    Job& job_;
    const RowReader& reader_;
    const Options& options_;
    const State::Data* before_;
    std::vector<Block> blocks_;
    std::vector<std::uint32_t> block_of_;  ///< of a household
    LargeArray<RowRecord> records_;
    LargeArray<char> texts_;  ///< register_nos, a block's together
};

}  // namespace gridgov::points
