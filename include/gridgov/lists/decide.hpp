// May this be asked of us, may we issue it, who says so? Verdicts on requests, with the items that
// decide them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridgov/conditions/unary_tests.hpp"
#include "gridgov/export.hpp"
#include "gridgov/lists/catalogue.hpp"
#include "gridgov/model/columns.hpp"

namespace gridgov::lists {

/// An attribute of a request; borrowed.
struct Attribute {
    std::string_view name;
    conditions::Value value;
};

/// The value that `--attribute k=v` gives: a FEEL literal where the text is one, else the text itself.
/// Texts of literals are kept in `storage`.
GRIDGOV_EXPORT conditions::Value attribute_value(std::string_view text, std::string& storage);

/// What is asked; borrowed for the call.
struct Request {
    std::string_view actor;   ///< an actor's id
    std::string_view matter;
    Date date;
    std::string_view village; ///< a village's id; empty: the village that the actor is or lies in
    std::span<const Attribute> attributes;
};

/// The answer. In the order of the lists; nothing applies in the last one, and where no item decides
/// a refused certificate.
enum class Verdict : std::uint8_t {
    refuse_negative,     ///< negative: 工作负面清单
    refuse_reclaimed,    ///< reclaimed: 上级部门收回
    must,                ///< 依法履行
    assist,              ///< 协助配合
    may_certify,         ///< certify: 依法出具
    refuse_certificate,  ///< below `certificate/`: negative, or unlisted where that means refuse
    unlisted,            ///< no item applies
};
GRIDGOV_EXPORT std::string_view verdict_name(Verdict verdict) noexcept;

/// What decides, without the rest: no memory is allocated, and about as long as a few look-ups in a
/// hash table (docs/performance.md).
struct Ruling {
    Verdict verdict = Verdict::unlisted;
    ItemIndex item;  ///< none(): no item applies
    friend bool operator==(const Ruling&, const Ruling&) = default;
};

/// One field of a request that would have to be another.
struct Change {
    enum class Field : std::uint8_t { actor, matter, date, village, attribute };
    Field field = Field::matter;
    std::string name;  ///< "actor", "matter", "date", "village", or the attribute's name
    std::string from;  ///< as asked; of attributes as FEEL writes it; a village may be empty
    std::string to;    ///< as it would have to be; an actor: an id or `level:village`
    friend bool operator==(const Change&, const Change&) = default;
};

/// The item of must, assist or certify that costs least to reach (contract: one for each field that
/// fails and for each segment of the item's matter that the request's has not).
struct NearestMiss {
    ItemIndex item;
    std::uint32_t cost = 0;
    std::vector<Change> changes;  ///< actor, village, date, attributes in byte order, matter
};

/// The whole answer.
struct Decision {
    Verdict verdict = Verdict::unlisted;
    ItemIndex item;                             ///< none(): no item applies
    std::vector<ItemIndex> overridden;          ///< all other items that apply, in verdict order
    std::optional<Unlisted> unlisted_default;   ///< set whenever no item applies
    std::optional<NearestMiss> nearest_miss;    ///< may be set whenever no item applies
};

/// Decides one request. An item applies where it is in force on the date; its actor is the request's
/// or that one's level; the village is among its villages (above the villages, where none is given:
/// only `*`); its matter is the request's or lies above by whole segments, and no `except` does; and
/// every test of `when` holds, an absent attribute satisfying only `null` and `-`. By list: negative,
/// reclaimed, must, assist, certify; then the deepest matter, the later file, the smallest id.
///
/// Time: the segments of the matter, and the items of the matters on its path that name the actor or
/// its level. `decide` also gathers what is overridden; the nearest miss takes a search over the
/// items whose first segment is the request's, cut off where it can get no cheaper.
/// Throws UsageError: request_unknown_actor, request_unknown_village, request_matter_invalid,
/// request_date_missing.
GRIDGOV_EXPORT Decision decide(const Catalogue& catalogue, const Request& request);
/// The verdict and the deciding item alone.
GRIDGOV_EXPORT Ruling rule(const Catalogue& catalogue, const Request& request);
/// The nearest miss of a request, whether or not an item applies to it.
GRIDGOV_EXPORT
std::optional<NearestMiss> nearest_miss(const Catalogue& catalogue, const Request& request);

/// Requests by columns, a row each; borrowed. Columns other than `villages` and attributes are needed.
struct RequestColumns {
    TextColumn actors;
    TextColumn matters;
    std::span<const std::int32_t> dates;  ///< days since 1970-01-01
    TextColumn villages;                  ///< absent, or empty texts: by the actor
    /// A column an attribute. Cells of texts are read as the type that a test asks for, so that `18`
    /// is a number to `>= 18` and a text to `"18"`; an empty cell is missing.
    struct AttributeColumn {
        std::string name;
        conditions::ValueColumn values;
    };
    std::span<const AttributeColumn> attributes;
};

/// Whether a row could be decided; if not, its verdict is `unlisted` and its item none.
enum class RowStatus : std::uint8_t { ok, unknown_actor, unknown_village, matter_invalid, date_missing };
GRIDGOV_EXPORT std::string_view row_status_name(RowStatus status) noexcept;

/// Where a batch writes its results: as long as the requests, the caller's.
struct RulingColumns {
    std::span<std::uint8_t> verdicts;  ///< Verdict
    std::span<std::uint32_t> items;    ///< ItemIndex values; no_index: none
    std::span<std::uint8_t> statuses;  ///< RowStatus
};

/// Decides each row as `rule` does. A cell that is not of the type that a test asks for fails the
/// test. Throws UsageError (column_size_mismatch) where columns differ in length.
GRIDGOV_EXPORT
void rule(const Catalogue& catalogue, const RequestColumns& requests, const RulingColumns& rulings);

}  // namespace gridgov::lists
