#include "model/table_checks.hpp"

#include <string>
#include <utility>

#include "number_text.hpp"

namespace gridgov::model {

Finding row_fault(Code code, Table table, std::size_t row, std::vector<std::string> records,
                  std::vector<std::pair<std::string, std::string>> fields) {
    return {code, Severity::error, std::move(records), std::move(fields), table,
            static_cast<std::int64_t>(row)};
}

bool check_length(std::string_view column, std::size_t length, std::size_t expected, Table table,
                  std::vector<Finding>& findings) {
    if (length == expected) return true;
    findings.push_back({Code::column_length,
                        Severity::error,
                        {},
                        {{"column", std::string(column)},
                         {"length", number_text(length)},
                         {"expected", number_text(expected)}},
                        table,
                        -1});
    return false;
}

bool check_countable(std::size_t rows, Table table, std::vector<Finding>& findings) {
    constexpr std::size_t rows_max = 2'147'483'647;  // labels are 32-bit and signed
    if (rows <= rows_max) return true;
    findings.push_back({Code::too_many_households,
                        Severity::error,
                        {},
                        {{"count", number_text(rows)}, {"limit", number_text(rows_max)}},
                        table,
                        -1});
    return false;
}

Finding coordinate_fault(double x_m, double y_m, Finding fault) {
    const bool finite = std::isfinite(x_m) && std::isfinite(y_m);
    const bool x_is_wrong =
        finite ? !(std::fabs(x_m) <= coordinate_m_max) : !std::isfinite(x_m);
    fault.code = finite ? Code::coordinate_out_of_range : Code::coordinate_not_finite;
    fault.fields.emplace_back("axis", x_is_wrong ? "x_m" : "y_m");
    fault.fields.emplace_back("value", number_text(x_is_wrong ? x_m : y_m));
    if (finite) fault.fields.emplace_back("limit", number_text(coordinate_m_max));
    return fault;
}

}  // namespace gridgov::model
