// Coordinates in Eigen's matrices as columns, and columns of results as Eigen's vectors. Header-only;
// include it only where Eigen 3.4 is at hand: no compiled signature of gridgov has Eigen in it.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>

#include "gridgov/error.hpp"
#include "gridgov/model/columns.hpp"

namespace gridgov::adapt {

/// The coordinates of households in metres from an n × 2 matrix (x, y) or from two vectors. Borrows
/// where the numbers are doubles that stand next to each other in a column (the default layout,
/// blocks of it included); copies anything else (row-major, other numbers, expressions).
/// What is borrowed must outlive it. Neither copied nor moved, since it may hold the numbers itself.
/// May be read by several threads at once.
class EigenPlaces {
public:
    template <class Matrix>
    explicit EigenPlaces(const Eigen::MatrixBase<Matrix>& xy)
        : x_(checked(xy).col(0).template cast<double>()),
          y_(xy.col(1).template cast<double>()) {}
    template <class X, class Y>
    EigenPlaces(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y)
        : x_(x.template cast<double>()), y_(y.template cast<double>()) {
        static_assert(X::IsVectorAtCompileTime && Y::IsVectorAtCompileTime,
                      "x and y are vectors; for one matrix of two columns leave y out");
    }
    EigenPlaces(const EigenPlaces&) = delete;
    EigenPlaces& operator=(const EigenPlaces&) = delete;

    std::span<const double> x_m() const { return {x_.data(), static_cast<std::size_t>(x_.size())}; }
    std::span<const double> y_m() const { return {y_.data(), static_cast<std::size_t>(y_.size())}; }
    /// Columns with the coordinates alone; add ids, weights, villages to them. Borrows from this.
    HouseholdColumns columns() const {
        HouseholdColumns columns;
        columns.x_m = x_m();
        columns.y_m = y_m();
        return columns;
    }

private:
    template <class Matrix>
    static const Eigen::MatrixBase<Matrix>& checked(const Eigen::MatrixBase<Matrix>& xy) {
        static_assert(Matrix::ColsAtCompileTime == 2 ||
                          Matrix::ColsAtCompileTime == Eigen::Dynamic,
                      "a matrix of places has two columns, x and y");
        if (xy.cols() != 2)
            throw UsageError({Code::column_length,
                              Severity::error,
                              {},
                              {{"column", "xy"},
                               {"length", std::to_string(xy.cols())},
                               {"expected", "2"}},
                              Table::households,
                              -1});
        return xy;
    }

    Eigen::Ref<const Eigen::VectorXd> x_, y_;  // copies by itself what it cannot borrow
};

/// A column of results (labels, distances, …) as an Eigen vector, without a copy. The column must
/// outlive it.
template <class Number>
Eigen::Map<const Eigen::Matrix<Number, Eigen::Dynamic, 1>> eigen_vector(
    std::span<const Number> column) {
    return {column.data(), static_cast<Eigen::Index>(column.size())};
}

}  // namespace gridgov::adapt
