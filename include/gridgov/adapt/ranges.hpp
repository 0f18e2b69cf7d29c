// One's own structs as tables: any range of anything becomes a Town through the accessors that one
// names. Header-only; nothing third-party.
//
//     struct Family { std::string code; float east, north; std::string village; int people; };
//     std::vector<Family> families = …;
//     const gridgov::Town town = gridgov::adapt::town(
//         families, {.x_m = &Family::east, .y_m = &Family::north, .id = &Family::code,
//                    .weight = [](const Family& family) { return family.people; },
//                    .village = &Family::village});
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gridgov/model/town.hpp"

namespace gridgov::adapt {

/// A range that can be read as a table: its size is known and it can be gone over more than once
/// (std::vector, std::array, std::deque, std::span, QList, … of anything).
template <class Range>
concept TableRange = std::ranges::forward_range<const Range> &&
                     std::ranges::sized_range<const Range>;

template <class Range>
using ElementOf = std::ranges::range_reference_t<const Range>;

/// What an accessor (a member pointer, a lambda, anything that std::invoke takes) gives for a row.
template <class Accessor, class Range>
using ResultOf = std::invoke_result_t<const Accessor&, ElementOf<Range>>;

namespace detail {

template <class Type>
inline constexpr bool is_optional = false;
template <class Type>
inline constexpr bool is_optional<std::optional<Type>> = true;

template <class Type>
concept Number = std::is_arithmetic_v<std::remove_cvref_t<Type>> &&
                 !std::same_as<std::remove_cvref_t<Type>, bool>;
template <class Type>
concept Text = std::convertible_to<const std::remove_cvref_t<Type>&, std::string_view>;
template <class Type>
concept Integer = Number<Type> && std::integral<std::remove_cvref_t<Type>>;

template <class Type>
struct ValueOf { using type = std::remove_cvref_t<Type>; };
template <class Type>
    requires is_optional<std::remove_cvref_t<Type>>
struct ValueOf<Type> { using type = typename std::remove_cvref_t<Type>::value_type; };

template <class Accessor, class Range>
concept Invocable = std::invocable<const Accessor&, ElementOf<Range>>;
template <class Accessor, class Range>
concept GivesNumber =
    Invocable<Accessor, Range> && Number<typename ValueOf<ResultOf<Accessor, Range>>::type>;
template <class Accessor, class Range>
concept GivesText = Invocable<Accessor, Range> &&
                    (Text<typename ValueOf<ResultOf<Accessor, Range>>::type> ||
                     Integer<typename ValueOf<ResultOf<Accessor, Range>>::type>);
template <class Accessor, class Range>
concept GivesFlag =
    Invocable<Accessor, Range> && std::convertible_to<ResultOf<Accessor, Range>, bool>;

/// Whether a text that an accessor gives lives as long as the range, so that it need not be copied.
template <class Accessor, class Range>
inline constexpr bool gives_lasting_text =
    std::is_lvalue_reference_v<ElementOf<Range>> && Text<ResultOf<Accessor, Range>> &&
    (std::is_lvalue_reference_v<ResultOf<Accessor, Range>> ||
     std::same_as<std::remove_cvref_t<ResultOf<Accessor, Range>>, std::string_view> ||
     std::is_pointer_v<ResultOf<Accessor, Range>>);

/// Texts of a column: views where they last, else copies end to end. For one thread while it is filled.
class TextBuffer {
public:
    bool present() const { return present_; }
    void start(std::size_t rows, bool lasting) {
        present_ = true;
        lasting_ = lasting;
        if (lasting) {
            views_.reserve(rows);
        } else {
            offsets_.reserve(rows + 1);
            offsets_.push_back(0);
        }
    }
    void add_lasting(std::string_view text) { views_.push_back(text); }
    void add_copy(std::string_view text) {
        bytes_ += text;
        offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
    }
    TextColumn column() const {
        if (!present_) return {};
        if (lasting_) return TextColumn(std::span<const std::string_view>(views_));
        return TextColumn(bytes_.data(), std::span<const std::int64_t>(offsets_));
    }

private:
    bool present_ = false;
    bool lasting_ = false;
    std::vector<std::string_view> views_;
    std::string bytes_;
    std::vector<std::int64_t> offsets_;
};

template <class Value>
void add_copy(const Value& value, TextBuffer& out) {
    if constexpr (is_optional<Value>) {
        if (value) add_copy(*value, out);
        else out.add_copy({});
    } else if constexpr (Text<Value>) {
        out.add_copy(value);
    } else {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value);
        out.add_copy({digits, static_cast<std::size_t>(end.ptr - digits)});
    }
}

template <class Value>
double number_of(const Value& value) {
    if constexpr (is_optional<Value>)
        return value ? static_cast<double>(*value) : std::numeric_limits<double>::quiet_NaN();
    else
        return static_cast<double>(value);
}

}  // namespace detail

/// How to read a column of numbers: any arithmetic type, or an optional of one (nothing there: NaN,
/// which means "not located" for a coordinate). Made from an accessor; the column is read in one
/// loop, so naming an accessor costs one indirect call a column, not a row. May be used by several
/// threads at once where the accessor may.
template <TableRange Range>
class Numbers {
public:
    template <detail::GivesNumber<Range> Accessor>
    Numbers(Accessor accessor)  // NOLINT: implicit, so that accessors can be named in braces
        : read_([accessor = std::move(accessor)](const Range& range, std::vector<double>& out) {
              out.reserve(std::ranges::size(range));
              for (auto&& row : range)
                  out.push_back(detail::number_of(std::invoke(accessor, row)));
          }) {}
    void read(const Range& range, std::vector<double>& out) const { read_(range, out); }

private:
    std::function<void(const Range&, std::vector<double>&)> read_;
};

/// How to read a column of texts: anything that converts to std::string_view, an integer (its digits),
/// or an optional of either (nothing there: empty). Texts that live in the range's elements are not
/// copied. Threads: as Numbers.
template <TableRange Range>
class Texts {
public:
    template <detail::GivesText<Range> Accessor>
    Texts(Accessor accessor)  // NOLINT
        : read_([accessor = std::move(accessor)](const Range& range, detail::TextBuffer& out) {
              constexpr bool lasting = detail::gives_lasting_text<Accessor, Range>;
              out.start(std::ranges::size(range), lasting);
              for (auto&& row : range) {
                  if constexpr (lasting) out.add_lasting(std::invoke(accessor, row));
                  else detail::add_copy(std::invoke(accessor, row), out);
              }
          }) {}
    void read(const Range& range, detail::TextBuffer& out) const { read_(range, out); }

private:
    std::function<void(const Range&, detail::TextBuffer&)> read_;
};

/// How to read a column of yes and no. Threads: as Numbers.
template <TableRange Range>
class Flags {
public:
    template <detail::GivesFlag<Range> Accessor>
    Flags(Accessor accessor)  // NOLINT
        : read_([accessor = std::move(accessor)](const Range& range,
                                                 std::vector<std::uint8_t>& out) {
              out.reserve(std::ranges::size(range));
              for (auto&& row : range)
                  out.push_back(static_cast<bool>(std::invoke(accessor, row)) ? 1 : 0);
          }) {}
    void read(const Range& range, std::vector<std::uint8_t>& out) const { read_(range, out); }

private:
    std::function<void(const Range&, std::vector<std::uint8_t>&)> read_;
};

/// What to read of a household; x_m and y_m are required, the others absent unless named. Their
/// meaning is that of HouseholdColumns.
template <TableRange Range>
struct HouseholdAccessors {
    Numbers<Range> x_m;
    Numbers<Range> y_m;
    std::optional<Texts<Range>> id = {};
    std::optional<Numbers<Range>> weight = {};
    std::optional<Texts<Range>> village = {};
    std::optional<Flags<Range>> may_be_head = {};
    std::optional<Texts<Range>> pin = {};
    std::optional<Texts<Range>> group = {};
    std::optional<Texts<Range>> previous_courtyard = {};
};

/// What to read of a link; all are required, as in LinkColumns.
template <TableRange Range>
struct LinkAccessors {
    Texts<Range> u;
    Texts<Range> v;
    Numbers<Range> length_m;
};

/// What to read of a node of the ways; all are required, as in WayColumns.
template <TableRange Range>
struct WayNodeAccessors {
    Texts<Range> id;
    Numbers<Range> x_m;
    Numbers<Range> y_m;
};

/// The households of a range as columns. Owns its buffers, save for texts that live in the range's
/// elements: the range must outlive it unchanged. May be read by several threads at once.
class HouseholdTable {
public:
    template <TableRange Range>
    HouseholdTable(const Range& range, const HouseholdAccessors<Range>& accessors) {
        const auto read = [&](const auto& accessor, auto& out) {
            if (accessor) accessor->read(range, out);
        };
        accessors.x_m.read(range, x_m_);
        accessors.y_m.read(range, y_m_);
        read(accessors.id, ids_);
        read(accessors.weight, weights_);
        read(accessors.village, villages_);
        read(accessors.may_be_head, may_be_head_);
        read(accessors.pin, pins_);
        read(accessors.group, groups_);
        read(accessors.previous_courtyard, previous_courtyards_);
    }
    /// Borrows from this table.
    HouseholdColumns columns() const {
        HouseholdColumns columns;
        columns.x_m = x_m_;
        columns.y_m = y_m_;
        columns.ids = ids_.column();
        columns.weights = weights_;
        columns.villages = villages_.column();
        columns.may_be_head = may_be_head_;
        columns.pins = pins_.column();
        columns.groups = groups_.column();
        columns.previous_courtyards = previous_courtyards_.column();
        return columns;
    }

private:
    std::vector<double> x_m_, y_m_, weights_;
    std::vector<std::uint8_t> may_be_head_;
    detail::TextBuffer ids_, villages_, pins_, groups_, previous_courtyards_;
};

/// The links of a range as columns; owns, borrows and is shared by threads as HouseholdTable is.
class LinkTable {
public:
    template <TableRange Range>
    LinkTable(const Range& range, const LinkAccessors<Range>& accessors) {
        accessors.u.read(range, u_);
        accessors.v.read(range, v_);
        accessors.length_m.read(range, length_m_);
    }
    LinkColumns columns() const { return {u_.column(), v_.column(), length_m_}; }

private:
    detail::TextBuffer u_, v_;
    std::vector<double> length_m_;
};

/// Nodes and ways, a range each, as columns; owns, borrows and is shared by threads as HouseholdTable
/// is.
class WayTable {
public:
    template <TableRange Nodes, TableRange Ways>
    WayTable(const Nodes& nodes, const WayNodeAccessors<Nodes>& of_nodes, const Ways& ways,
             const LinkAccessors<Ways>& of_ways)
        : ways_(ways, of_ways) {
        of_nodes.id.read(nodes, node_ids_);
        of_nodes.x_m.read(nodes, node_x_m_);
        of_nodes.y_m.read(nodes, node_y_m_);
    }
    WayColumns columns() const {
        const LinkColumns ways = ways_.columns();
        return {node_ids_.column(), node_x_m_, node_y_m_, ways.u, ways.v, ways.length_m};
    }

private:
    detail::TextBuffer node_ids_;
    std::vector<double> node_x_m_, node_y_m_;
    LinkTable ways_;
};

/// Columns from a range, to be combined with other tables in TownColumns. The range must outlive the
/// result, so a temporary does not compile.
template <TableRange Range>
HouseholdTable households(const Range& range,
                          const std::type_identity_t<HouseholdAccessors<Range>>& accessors) {
    return {range, accessors};
}
template <TableRange Range>
HouseholdTable households(const Range&& range,
                          const std::type_identity_t<HouseholdAccessors<Range>>&) = delete;

template <TableRange Range>
LinkTable links(const Range& range,
                const std::type_identity_t<LinkAccessors<Range>>& accessors) {
    return {range, accessors};
}
template <TableRange Range>
LinkTable links(const Range&& range, const std::type_identity_t<LinkAccessors<Range>>&) = delete;

template <TableRange Nodes, TableRange Ways>
WayTable ways(const Nodes& nodes, const std::type_identity_t<WayNodeAccessors<Nodes>>& of_nodes,
              const Ways& ways, const std::type_identity_t<LinkAccessors<Ways>>& of_ways) {
    return {nodes, of_nodes, ways, of_ways};
}
template <TableRange Nodes, TableRange Ways>
WayTable ways(const Nodes&& nodes, const std::type_identity_t<WayNodeAccessors<Nodes>>&,
              const Ways&& ways, const std::type_identity_t<LinkAccessors<Ways>>&) = delete;

/// A town from a range of households and nothing else. Throws DataError as Town::make does.
template <TableRange Range>
Town town(const Range& range,
          const std::type_identity_t<HouseholdAccessors<Range>>& accessors,
          const TownOptions& options = {}) {
    const HouseholdTable table(range, accessors);
    TownColumns columns;
    columns.households = table.columns();
    return Town::make(columns, options);
}

}  // namespace gridgov::adapt
