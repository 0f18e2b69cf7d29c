// Making catalogues: merging layers and checking them, whole: no fault hides another.
#include <algorithm>
#include <utility>

#include "documents/document.hpp"
#include "gridgov/error.hpp"
#include "lists/catalogue_builder.hpp"
#include "lists/catalogue_faults.hpp"
#include "lists/matter_index.hpp"
#include "number_text.hpp"
#include "utf8.hpp"

namespace gridgov::lists {

Finding& Catalogue::Builder::fault(Code code, Origin origin, std::vector<std::string> records,
                                   Fields fields) {
    Finding finding;
    finding.code = code;
    finding.records = std::move(records);
    finding.fields = std::move(fields);
    place(finding, origin, layers);
    faults.push_back({origin, std::move(finding)});
    return faults.back().finding;
}

void Catalogue::Builder::suggest(Finding& finding, std::string_view wrong, std::size_t count,
                                 const Words& words) {
    if (count > words_left) return;
    words_left -= count;
    if (const auto near = documents::nearest_word(wrong, words()); !near.empty())
        finding.fields.emplace_back("near", near);
}

Catalogue::Checked Catalogue::Builder::finish() {
    if (layers.empty()) fault(Code::catalogue_empty, {}, {});
    if (layers.size() > layers_max) {
        fault(Code::catalogue_too_large, {}, {},
              {{"count", number_text(layers.size())},
               {"most", number_text(layers_max)},
               {"what_kind", "layer"}});
    } else {
        merge();
        resolve_actors();
        resolve_posts();
        resolve_items();
        resolve_procedures();
        resolve_delegations();
        resolve_referrals();
        resolve_powers();
    }
    if (!faults.empty()) {
        std::stable_sort(faults.begin(), faults.end(), [](const Placed& a, const Placed& b) {
            return a.origin.layer != b.origin.layer ? a.origin.layer < b.origin.layer
                                                    : a.origin.line < b.origin.line;
        });
        std::vector<Finding> findings;
        for (Placed& placed : faults) findings.push_back(std::move(placed.finding));
        return {std::nullopt, std::move(findings)};
    }
    const Catalogue unfinished{std::shared_ptr<const Data>(data)};
    data->index = std::make_unique<const detail::DecisionIndex>(unfinished);
    return {unfinished, {}};
}

void place(Finding& finding, Origin origin, const std::vector<Layer>& layers) {
    if (origin.layer < layers.size() && !layers[origin.layer].file.empty())
        finding.fields.emplace_back("file", readable(layers[origin.layer].file));
    if (origin.line > 0) finding.fields.emplace_back("line", number_text(origin.line));
}

Catalogue::Checked Catalogue::check(std::vector<Layer>&& layers) {
    return Builder(std::move(layers)).finish();
}

Catalogue Catalogue::make(std::vector<Layer>&& layers) {
    Checked checked = check(std::move(layers));
    if (!checked.catalogue) throw DataError(std::move(checked.findings));
    return *std::move(checked.catalogue);
}

Catalogue Catalogue::make(std::span<const Layer> layers) {
    return make(std::vector<Layer>(layers.begin(), layers.end()));
}

}  // namespace gridgov::lists
