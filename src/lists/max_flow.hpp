// Maximum flow by Dinic's algorithm (1970) over whole numbers, with edges that may be added between
// calls: what has flowed stays, so that flow can be asked for in steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace gridgov::lists {

class MaxFlow {
public:
    static constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max() / 4;

    explicit MaxFlow(std::size_t nodes) : first_(nodes, none) {}

    /// The new edge's number.
    std::size_t add_edge(std::size_t from, std::size_t to, std::int64_t capacity) {
        const std::size_t number = edges_.size();
        edges_.push_back({to, first_[from], capacity});
        first_[from] = number;
        edges_.push_back({from, first_[to], 0});
        first_[to] = number + 1;
        return number;
    }

    std::size_t edge_count() const { return edges_.size(); }

    /// No more may flow along the edge than flows already.
    void close(std::size_t edge) { edges_[edge].left = 0; }

    std::int64_t flow_on(std::size_t edge) const { return edges_[edge ^ 1].left; }

    /// Sends as much more as can be sent; how much.
    std::int64_t augment(std::size_t source, std::size_t sink) {
        std::int64_t total = 0;
        while (layer(source, sink)) {
            next_ = first_;
            while (const std::int64_t sent = send(source, sink)) total += sent;
        }
        return total;
    }

    /// Whether more could still be brought to a node; of the last call to `augment`, which found no
    /// way on to the sink.
    bool reached(std::size_t node) const { return depth_[node] != none; }

private:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    struct Edge {
        std::size_t to, next;
        std::int64_t left;
    };

    bool layer(std::size_t source, std::size_t sink) {
        depth_.assign(first_.size(), none);
        depth_[source] = 0;
        queue_.assign(1, source);
        for (std::size_t at = 0; at < queue_.size(); ++at)
            for (std::size_t edge = first_[queue_[at]]; edge != none; edge = edges_[edge].next)
                if (edges_[edge].left > 0 && depth_[edges_[edge].to] == none) {
                    depth_[edges_[edge].to] = depth_[queue_[at]] + 1;
                    queue_.push_back(edges_[edge].to);
                }
        return depth_[sink] != none;
    }

    /// One path down the layers; without recursion, since paths may be long.
    std::int64_t send(std::size_t source, std::size_t sink) {
        path_.clear();
        std::size_t node = source;
        while (node != sink) {
            std::size_t& edge = next_[node];
            while (edge != none &&
                   (edges_[edge].left == 0 || depth_[edges_[edge].to] != depth_[node] + 1))
                edge = edges_[edge].next;
            if (edge != none) {
                path_.push_back(edge);
                node = edges_[edge].to;
                continue;
            }
            if (path_.empty()) return 0;
            node = edges_[path_.back() ^ 1].to;
            next_[node] = edges_[next_[node]].next;
            path_.pop_back();
        }
        std::int64_t sent = unbounded;
        for (const std::size_t edge : path_) sent = std::min(sent, edges_[edge].left);
        for (const std::size_t edge : path_) {
            edges_[edge].left -= sent;
            edges_[edge ^ 1].left += sent;
        }
        return sent;
    }

    std::vector<Edge> edges_;
    std::vector<std::size_t> first_, next_, depth_, queue_, path_;
};

}  // namespace gridgov::lists
