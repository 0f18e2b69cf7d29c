#include "gridgov/report/explain_lists.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace gridgov;
using namespace gridgov::lists;

TEST_CASE("lists: a decision is told in both languages") {
    const std::string_view text = R"(
[catalogue]
effective_from = 2026-01-01
[[actor]]
id = "ganquan"
title = { zh = "甘泉村", en = "Ganquan village" }
level = "village"
[[law]]
id = "mediation-law"
title = { zh = "人民调解法", en = "People's Mediation Law" }
[[item]]
id = "N-1"
matter = "certificate/kin"
title = { zh = "亲属关系证明", en = "certificates of kinship" }
list = "negative"
actor = "level:village"
basis = ["mediation-law"]
department = "公安派出所"
[[item]]
id = "C-1"
matter = "certificate/kin"
list = "certify"
actor = "level:village"
)";
    const std::vector<Source> sources{{text, "village.toml"}};
    const Catalogue catalogue = Catalogue::read_toml(sources);
    Request request;
    request.actor = "ganquan";
    request.matter = "certificate/kin";
    request.date = date_of(2026, 2, 1);
    CHECK(report::decision_text(catalogue, request, decide(catalogue, request), Language::zh) ==
          "甘泉村，“certificate/kin”（2026-02-01）：不予出具证明。依据工作负面事项清单中的N-1“亲属关系证明”"
          "（village.toml）。法律依据：《人民调解法》。请到公安派出所办理。另有C-1也适用，但不作准。");
    CHECK(report::decision_text(catalogue, request, decide(catalogue, request), Language::en) ==
          "Ganquan village, “certificate/kin” on 2026-02-01: no certificate is issued. It is decided by "
          "N-1 (certificates of kinship) of the negative list in village.toml. Basis: People's Mediation "
          "Law. Responsible: 公安派出所. Overridden: C-1.");
    request.date = date_of(2025, 12, 31);
    CHECK(report::decision_text(catalogue, request, decide(catalogue, request), Language::zh) ==
          "甘泉村，“certificate/kin”（2025-12-31）：不予出具证明。清单里没有这项证明，按本地规定，清单以外的"
          "证明不予出具。最接近的是C-1，要适用它，须：日期由2025-12-31改为2026-01-01。");
    CHECK(report::decision_text(catalogue, request, decide(catalogue, request), Language::en) ==
          "Ganquan village, “certificate/kin” on 2025-12-31: no certificate is issued. No item covers "
          "this certificate, and here what is not listed is refused. The nearest item is C-1; it would "
          "apply with the date 2026-01-01 instead of 2025-12-31.");
    CHECK(report::difference_text(catalogue, catalogue, diff(catalogue, catalogue), Language::zh) ==
          "没有变化。\n");
}
