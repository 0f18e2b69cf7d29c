// Which links a town's barriers cut.
#pragma once

#include <memory>
#include <span>

#include "gridgov/model/town.hpp"

namespace gridgov::neighbours {

/// The barriers of a town, indexed. Whether a link crosses one is decided exactly, as if all
/// barriers were shifted by the same vector (−δ, −δ²) for a δ smaller than any other length: then no
/// household stands on a barrier and no link passes through a vertex, while lines that meet still
/// meet. So a line through a household leaves it on one definite side, whatever the direction of
/// link or line, and a link through a vertex is cut or not as the line as a whole passes it.
class Barriers {
public:
    explicit Barriers(std::span<const Town::Barrier> barriers);
    ~Barriers();
    Barriers(const Barriers&) = delete;
    Barriers& operator=(const Barriers&) = delete;

    /// Whether any barrier cuts the link between two positions. Nothing cuts a link of length 0.
    bool cut(Position from, Position to) const;

private:
    struct Index;
    std::unique_ptr<const Index> index_;
};

}  // namespace gridgov::neighbours
