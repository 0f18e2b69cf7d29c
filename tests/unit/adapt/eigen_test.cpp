#include "gridgov/adapt/eigen.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "gridgov/model/town.hpp"

using namespace gridgov;

TEST_CASE("columns of a matrix are borrowed, blocks of it too") {
    Eigen::MatrixXd table(3, 4);
    table << 9, 1, 2, 9, 9, 3, 4, 9, 9, 5, 6, 9;
    const adapt::EigenPlaces places(table.middleCols<2>(1));
    REQUIRE(places.x_m().size() == 3);
    CHECK(places.x_m().data() == &table(0, 1));
    CHECK(places.y_m().data() == &table(0, 2));
    CHECK(places.y_m()[2] == 6);

    const Eigen::MatrixX2d pair = table.middleCols<2>(1);
    const adapt::EigenPlaces whole(pair);
    CHECK(whole.x_m().data() == pair.data());
    TownColumns columns;
    columns.households = whole.columns();
    CHECK(Town::make(columns).positions()[1] == Position{3'000'000, 4'000'000});
}

TEST_CASE("other layouts, numbers and expressions are copied") {
    Eigen::Matrix<double, Eigen::Dynamic, 2, Eigen::RowMajor> rows(2, 2);
    rows << 1, 2, 3, 4;
    const adapt::EigenPlaces from_rows(rows);
    CHECK(from_rows.x_m()[1] == 3);
    CHECK(from_rows.y_m()[0] == 2);

    const Eigen::MatrixX2f floats = rows.cast<float>();
    CHECK(adapt::EigenPlaces(floats).y_m()[1] == 4);

    const adapt::EigenPlaces shifted(
        (rows.rowwise() - Eigen::RowVector2d(1, 1)) * 10);  // the sum lives in the places
    CHECK(shifted.x_m()[1] == 20);
    CHECK(shifted.y_m()[1] == 30);
}

TEST_CASE("two vectors are borrowed") {
    const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(4, 0, 3);
    const Eigen::Vector4f y(0, 0, 1, 1);
    const adapt::EigenPlaces places(x, y);
    CHECK(places.x_m().data() == x.data());
    CHECK(places.y_m()[3] == 1);
    const Eigen::VectorXd other(3);
    TownColumns columns;
    columns.households = adapt::EigenPlaces(x, other).columns();
    CHECK_THROWS_AS((void)Town::make(columns), DataError);
}

TEST_CASE("a matrix without two columns is a caller's mistake") {
    const Eigen::MatrixXd three = Eigen::MatrixXd::Zero(5, 3);
    CHECK_THROWS_AS(adapt::EigenPlaces{three}, UsageError);
    const Eigen::MatrixXd none(0, 2);
    CHECK(adapt::EigenPlaces(none).x_m().empty());
}

TEST_CASE("columns of results are vectors without a copy") {
    const std::vector<std::int32_t> labels{2, 0, 1};
    const auto vector = adapt::eigen_vector(std::span<const std::int32_t>(labels));
    CHECK(vector.data() == labels.data());
    CHECK(vector.maxCoeff() == 2);
}
