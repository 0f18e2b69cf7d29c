// libFuzzer: any bytes as TOML or JSON become a tree of bounded depth or one fault that can be shown;
// any tree is taken apart without a crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "documents/document.hpp"

namespace {

using namespace gridgov;
using namespace gridgov::documents;

void require(bool holds) {
    if (!holds) std::abort();
}

void take_apart(const Node& node, std::size_t depth, std::uint32_t lines,
                std::vector<Finding>& findings) {
    require(depth <= depth_max);
    require(node.line <= lines);
    for (const Node& item : node.items) take_apart(item, depth + 1, lines, findings);
    if (node.kind != Kind::table) return;
    Reader reader(node, "f", findings);
    reader.name("id");
    for (const auto& [key, member] : node.members) {
        require(node.find(key) != nullptr);
        switch (key.size() % 10) {
            case 0: reader.text(key); break;
            case 1: reader.integer(key, -5, 5); break;
            case 2: reader.number(key); break;
            case 3: reader.boolean(key); break;
            case 4: reader.date(key); break;
            case 5: reader.texts(key); break;
            case 6: reader.word(key, {"sum", "max"}); break;
            case 7: reader.title(key); break;
            case 8: reader.tables(key); break;
            default: break;
        }
        take_apart(member, depth + 1, lines, findings);
    }
    reader.require("nothing");
    reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::uint32_t lines = 2;  // a fault at the end may stand behind the last line break
    for (const char character : text) lines += character == '\n' ? 1 : 0;
    std::vector<Finding> findings;
    const auto root = data[0] % 2 == 0 ? read_toml({text, "f"}, findings)
                                       : read_json({text, "f"}, findings);
    require(root.has_value() == findings.empty());
    if (root) take_apart(*root, 1, lines, findings);
    for (const Finding& finding : findings) require(!message(finding, Language::zh).empty());
    return 0;
}
