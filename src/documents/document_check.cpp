#include "documents/document_check.hpp"

#include <algorithm>

#include "utf8.hpp"

namespace gridgov::documents {

Finding& document_fault(Code code, const Source& source, std::uint32_t line, std::uint32_t column,
                        std::vector<Finding>& findings) {
    Finding& fault = findings.emplace_back();
    fault.code = code;
    if (!source.name.empty()) fault.fields.emplace_back("file", readable(source.name));
    if (line > 0) fault.fields.emplace_back("line", std::to_string(line));
    if (column > 0) fault.fields.emplace_back("column", std::to_string(column));
    return fault;
}

std::optional<std::string_view> checked_text(const Source& source, std::vector<Finding>& findings) {
    std::string_view text = source.text;
    if (text.size() > bytes_max) {
        Finding& fault = document_fault(Code::document_too_large, source, 0, 0, findings);
        fault.fields.emplace_back("bytes", std::to_string(text.size()));
        fault.fields.emplace_back("most", std::to_string(bytes_max));
        return std::nullopt;
    }
    if (!is_utf8(text)) {
        std::size_t at = 0;
        while (const std::size_t length = utf8_length(text, at)) at += length;
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at),
                                         '\n');
        Finding& fault = document_fault(Code::document_not_utf8, source,
                                        static_cast<std::uint32_t>(line), 0, findings);
        fault.fields.emplace_back("byte", std::to_string(at + 1));
        return std::nullopt;
    }
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    return text;
}

const Node* Node::find(std::string_view key) const noexcept {
    for (const auto& [name, node] : members)
        if (name == key) return &node;
    return nullptr;
}

std::string_view kind_name(Kind kind) noexcept {
    switch (kind) {
        case Kind::boolean: return "boolean";
        case Kind::integer: return "integer";
        case Kind::real: return "real";
        case Kind::text: return "text";
        case Kind::date: return "date";
        case Kind::array: return "array";
        case Kind::nothing: return "nothing";
        case Kind::table: break;
    }
    return "table";
}

}  // namespace gridgov::documents
