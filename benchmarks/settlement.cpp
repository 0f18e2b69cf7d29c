#include "settlement.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace gridgov::benchmarks {
namespace {

using Table = std::map<std::string, std::vector<std::string>>;

Table read_table(const std::string& path, const std::vector<std::string>& wanted) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + ": cannot be read");
    std::string line;
    std::getline(file, line);
    std::vector<std::string> names;
    std::stringstream header(line);
    for (std::string name; std::getline(header, name, ',');) {
        if (!name.empty() && name.back() == '\r') name.pop_back();
        names.push_back(name);
    }
    Table table;
    std::vector<std::vector<std::string>*> columns;
    for (const std::string& name : names) {
        bool is_wanted = false;
        for (const std::string& one : wanted) is_wanted = is_wanted || one == name;
        columns.push_back(is_wanted ? &table[name] : nullptr);
    }
    for (const std::string& name : wanted)
        if (!table.contains(name)) throw std::runtime_error(path + ": no column " + name);
    while (std::getline(file, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        std::size_t start = 0;
        for (std::size_t i = 0; i < columns.size() && start <= line.size(); ++i) {
            std::size_t end = line.find(',', start);
            if (end == std::string::npos) end = line.size();
            if (columns[i] != nullptr) columns[i]->push_back(line.substr(start, end - start));
            start = end + 1;
        }
    }
    return table;
}

std::vector<double> numbers(const std::vector<std::string>& texts) {
    std::vector<double> values;
    values.reserve(texts.size());
    for (const std::string& text : texts) values.push_back(std::strtod(text.c_str(), nullptr));
    return values;
}

}  // namespace

TownColumns Settlement::columns() const {
    TownColumns columns;
    columns.households.x_m = x_m;
    columns.households.y_m = y_m;
    if (!ids.empty()) columns.households.ids = std::span<const std::string>(ids);
    if (!node_ids.empty()) {
        columns.ways.node_ids = std::span<const std::string>(node_ids);
        columns.ways.node_x_m = node_x_m;
        columns.ways.node_y_m = node_y_m;
        columns.ways.u = std::span<const std::string>(way_u);
        columns.ways.v = std::span<const std::string>(way_v);
        columns.ways.length_m = way_length_m;
    }
    return columns;
}

Settlement read_settlement(const std::string& households, const std::string& nodes,
                           const std::string& ways) {
    Settlement settlement;
    const std::filesystem::path path(households);
    settlement.name = path.stem() == "households" ? path.parent_path().filename().string()
                                                  : path.stem().string();
    Table table = read_table(households, {"id", "x_m", "y_m"});
    settlement.ids = std::move(table["id"]);
    settlement.x_m = numbers(table["x_m"]);
    settlement.y_m = numbers(table["y_m"]);
    if (!nodes.empty()) {
        table = read_table(nodes, {"id", "x_m", "y_m"});
        settlement.node_ids = std::move(table["id"]);
        settlement.node_x_m = numbers(table["x_m"]);
        settlement.node_y_m = numbers(table["y_m"]);
        table = read_table(ways, {"u", "v", "length_m"});
        settlement.way_u = std::move(table["u"]);
        settlement.way_v = std::move(table["v"]);
        settlement.way_length_m = numbers(table["length_m"]);
    }
    return settlement;
}

Settlement synthetic_settlement(std::size_t count, std::uint64_t seed) {
    std::uint64_t state = seed;
    const auto random = [&state] {  // splitmix64, to [0, 1)
        std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    };
    const auto scatter = [&random] {  // nearly Gaussian: the sum of twelve, less six
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += random();
        return sum;
    };
    Settlement settlement;
    settlement.name = "synthetic-" + std::to_string(count);
    // About 120 households a hamlet, a hamlet about each kilometre.
    const std::size_t hamlets = count / 120 + 1;
    const double side_m = 1000.0 * std::sqrt(static_cast<double>(hamlets));
    std::vector<double> x(hamlets), y(hamlets), spread(hamlets);
    for (std::size_t h = 0; h < hamlets; ++h) {
        x[h] = random() * side_m;
        y[h] = random() * side_m;
        spread[h] = 80 + 240 * random();
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto h = static_cast<std::size_t>(random() * static_cast<double>(hamlets));
        const bool anywhere = random() < 0.1;
        settlement.x_m.push_back(anywhere ? random() * side_m : x[h] + spread[h] * scatter());
        settlement.y_m.push_back(anywhere ? random() * side_m : y[h] + spread[h] * scatter());
    }
    return settlement;
}

}  // namespace gridgov::benchmarks
