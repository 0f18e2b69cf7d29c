#include "gridgov/report/explain.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <string>

using namespace gridgov;
using partition::Partition;
using partition::Status;
using partition::Unavoidable;

namespace {

/// Two courtyards in two villages: one within, one of seven households.
Partition two_courtyards() {
    Partition partition;
    partition.labels.assign(19, 0);
    for (std::size_t i = 12; i < 19; ++i) partition.labels[i] = 1;
    partition.courtyards.ids = {"U-1", "V-1"};
    partition.courtyards.village = {0, 1};
    partition.courtyards.households = {12, 7};
    partition.courtyards.status = {Status::within, Status::undersize};
    partition.courtyards.unavoidable = {Unavoidable::none, Unavoidable::proved};
    Finding reason{Code::village_too_small, Severity::error, {}, {}, Table::none, -1};
    reason.fields = {{"village", "V"}, {"households", "7"}, {"min", "10"}};
    partition.courtyards.reason = {Finding{}, reason};
    partition.total_distance_m = 1234.56;
    partition.mean_distance_m = 64.98;
    partition.max_distance_m = 150;
    partition.broken_courtyards = 1;
    partition.broken_households = 7;
    partition.broken_proved_unavoidable = 1;
    return partition;
}

}  // namespace

TEST_CASE("a status is said in the reader's words, each in its own") {
    std::set<std::string_view> en;
    std::set<std::string_view> zh;
    for (const Status status :
         {Status::disconnected, Status::oversize, Status::undersize, Status::within}) {
        en.insert(report::status_text(status, Language::en));
        const std::string_view text = report::status_text(status, Language::zh);
        zh.insert(text);
        CHECK((text.substr(0, 12) == "不合标准") == (status != Status::within));
    }
    CHECK(en == std::set<std::string_view>{"disconnected", "oversize", "undersize", "within"});
    CHECK(zh.size() == 4);
    CHECK(report::status_text(Status::within, Language::zh) == "合标准");
    CHECK(report::status_text(Status::undersize, Language::zh) == "不合标准：户数不足");
}

TEST_CASE("a reason is one sentence, and none for a courtyard within") {
    Partition partition = two_courtyards();
    CHECK(report::reason_text(partition, CourtyardIndex(0), Language::en).empty());
    CHECK(report::reason_text(partition, CourtyardIndex(0), Language::zh).empty());
    CHECK(report::reason_text(partition, CourtyardIndex(1), Language::en) ==
          "village V has 7 households, fewer than 10");
    CHECK(report::reason_text(partition, CourtyardIndex(1), Language::zh) == "村“V”有7户，少于10户");
    partition.courtyards.reason[1] = Finding{};  // only measured: no cause is known
    CHECK(report::reason_text(partition, CourtyardIndex(1), Language::en) == "undersize");
}

TEST_CASE("a summary in English and Chinese") {
    const Partition partition = two_courtyards();
    CHECK(report::summary_text(partition, Language::en) ==
          "19 households of 2 villages in 2 courtyards.\n"
          "Straight distance to the head: 65.0 m on average, 150.0 m at most, 1234.6 m in all.\n"
          "1 courtyard is not within the rules (7 households); of these 1 proved unavoidable.\n");
    CHECK(report::summary_text(partition, Language::zh) ==
          "2个村的19户划为2个院落。\n"
          "到院长的直线距离：平均65.0米，最远150.0米，合计1234.6米。\n"
          "有1个院落不合标准，涉及7户；其中1个已证明无法避免。\n");
}

TEST_CASE("a summary of one household, walked and cancelled, without distances") {
    Partition partition;
    partition.labels = {0};
    partition.courtyards.ids = {"all-1"};
    partition.courtyards.village = {0};
    partition.courtyards.status = {Status::within};
    partition.metric = partition::Metric::walk;
    partition.outcome = partition::Outcome::cancelled;
    partition.mean_distance_m = std::numeric_limits<double>::quiet_NaN();
    const std::string en = report::summary_text(partition, Language::en);
    CHECK(en.find("1 household of 1 village in 1 courtyard.\n") == 0);
    CHECK(en.find("Walk to the head: ? m") != std::string::npos);
    CHECK(en.find("Every courtyard is within the rules.\n") != std::string::npos);
    CHECK(en.find("stopped before the end") != std::string::npos);
    const std::string zh = report::summary_text(partition, Language::zh);
    CHECK(zh.find("步行距离") != std::string::npos);
    CHECK(zh.find("所有院落均合标准。") != std::string::npos);
}
