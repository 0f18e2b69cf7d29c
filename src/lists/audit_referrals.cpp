// Buck-passing in the rules: matters that are sent round, or through many hands, before anybody has to
// deal with them.
#include <algorithm>
#include <deque>
#include <iterator>
#include <map>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include "lists/audit_checks.hpp"
#include "number_text.hpp"

namespace gridgov::lists {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Edge = std::pair<std::uint32_t, std::uint32_t>;  // actors

/// Whether the actor has to deal with a matter: a must item covers it.
bool owns(const Catalogue& catalogue, ActorIndex actor, std::string_view matter) {
    const auto& index = catalogue.decision_index();
    const auto level = static_cast<std::uint32_t>(catalogue.actor(actor).level);
    for (std::uint32_t n = index.deepest(matter); n != detail::none; n = index.nodes[n].up)
        for (const std::uint32_t key : {level, detail::levels + actor.value})
            for (const detail::Rule& rule : index.rules_of(index.nodes[n], key)) {
                const ItemIndex item(rule.item);
                if (rule.list != List::must || rule.from >= rule.to || !catalogue.acts(item, actor))
                    continue;
                const auto& except = catalogue.item(item).except;
                if (std::none_of(except.begin(), except.end(),
                                 [&](const std::string& out) { return covers(out, matter); }))
                    return true;
            }
    return false;
}

std::vector<std::string> names(const Catalogue& catalogue, std::span<const std::uint32_t> actors) {
    std::vector<std::string> result;
    for (const std::uint32_t actor : actors) result.push_back(catalogue.actors()[actor].id);
    return result;
}

class Referrals {
public:
    Referrals(AuditContext& context, std::string_view matter, std::vector<Edge> edges)
        : context_(context), matter_(matter), edges_(std::move(edges)) {
        std::sort(edges_.begin(), edges_.end());
        edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
        for (const auto& [from, to] : edges_) {
            actors_.push_back(from);
            actors_.push_back(to);
        }
        std::sort(actors_.begin(), actors_.end());
        actors_.erase(std::unique(actors_.begin(), actors_.end()), actors_.end());
        next_.resize(actors_.size());
        owner_.resize(actors_.size());
        for (std::size_t v = 0; v < actors_.size(); ++v)
            owner_[v] = owns(context.catalogue, ActorIndex(actors_[v]), matter);
        for (const auto& [from, to] : edges_)
            if (!owner_[vertex(from)]) next_[vertex(from)].push_back(vertex(to));  // owners keep it
    }

    void check() {
        Graph graph(actors_.size());
        for (std::size_t v = 0; v < next_.size(); ++v)
            for (const std::size_t to : next_[v]) boost::add_edge(v, to, graph);
        component_.assign(actors_.size(), 0);
        const auto components =
            static_cast<std::size_t>(boost::strong_components(graph, component_.data()));
        // Components are numbered against the edges: what a matter reaches has the smaller number.
        std::vector<std::vector<std::size_t>> members(components);
        for (std::size_t v = 0; v < actors_.size(); ++v) members[component_[v]].push_back(v);
        std::vector<std::vector<std::size_t>> circles;
        for (const auto& some : members) {
            const auto circle = circle_through(some.front());
            if (!circle.empty()) circles.push_back(circle);
        }
        std::sort(circles.begin(), circles.end());
        for (const auto& circle : circles) tell(Code::referral_circle, circle);
        check_chains(members);
    }

private:
    std::size_t vertex(std::uint32_t actor) const {
        return static_cast<std::size_t>(
            std::lower_bound(actors_.begin(), actors_.end(), actor) - actors_.begin());
    }

    /// The shortest circle through a vertex within its component; empty if there is none.
    std::vector<std::size_t> circle_through(std::size_t start) const {
        std::map<std::size_t, std::size_t> before;
        std::deque<std::size_t> open{start};
        while (!open.empty()) {
            const std::size_t v = open.front();
            open.pop_front();
            for (const std::size_t to : next_[v]) {
                if (component_[to] != component_[start]) continue;
                if (to == start) {
                    std::vector<std::size_t> circle{v};
                    while (circle.back() != start) circle.push_back(before.at(circle.back()));
                    std::reverse(circle.begin(), circle.end());
                    return circle;
                }
                if (before.try_emplace(to, v).second) open.push_back(to);
            }
        }
        return {};
    }

    /// The longest way from each vertex, circles left out.
    void check_chains(const std::vector<std::vector<std::size_t>>& members) {
        std::vector<std::uint32_t> hops(actors_.size(), 0);
        std::vector<std::size_t> onward(actors_.size(), actors_.size());
        std::vector<std::uint8_t> reached(actors_.size(), 0);
        for (const auto& some : members)
            for (const std::size_t v : some)
                for (const std::size_t to : next_[v]) {
                    if (component_[to] == component_[v]) continue;
                    reached[to] = 1;
                    if (hops[to] + 1 > hops[v]) {
                        hops[v] = hops[to] + 1;
                        onward[v] = to;
                    }
                }
        for (std::size_t v = 0; v < actors_.size(); ++v) {
            if (hops[v] <= context_.options.referral_hops_max || reached[v]) continue;  // told by its head
            std::vector<std::size_t> chain{v};
            while (onward[chain.back()] != actors_.size()) chain.push_back(onward[chain.back()]);
            tell(Code::referral_chain_long, chain);
        }
    }

    void tell(Code code, const std::vector<std::size_t>& vertices) {
        std::vector<std::uint32_t> some;
        for (const std::size_t v : vertices) some.push_back(actors_[v]);
        const bool circle = code == Code::referral_circle;
        Finding& finding =
            context_.add(code, circle ? Severity::error : Severity::warning,
                         names(context_.catalogue, some), {{"matter", std::string(matter_)}});
        if (circle) return;
        finding.fields.emplace_back("hops", number_text(some.size() - 1));
        finding.fields.emplace_back("most", number_text(context_.options.referral_hops_max));
    }

    AuditContext& context_;
    std::string_view matter_;
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> actors_;  ///< by vertex
    std::vector<std::vector<std::size_t>> next_;
    std::vector<std::uint8_t> owner_;
    std::vector<std::size_t> component_;
};

}  // namespace

void audit_referrals(AuditContext& context) {
    const Catalogue& catalogue = context.catalogue;
    std::map<std::string_view, std::vector<Edge>> by_matter;
    for (const Referral& referral : catalogue.referrals())
        by_matter[referral.matter].emplace_back(catalogue.find_actor(referral.from).value,
                                                catalogue.find_actor(referral.to).value);
    for (const auto& [matter, own] : by_matter) {
        std::vector<Edge> edges = own;  // and what is sent on with all that lies above
        for (std::size_t end = matter.rfind('/'); end != std::string_view::npos;
             end = end == 0 ? std::string_view::npos : matter.rfind('/', end - 1))
            if (const auto above = by_matter.find(matter.substr(0, end)); above != by_matter.end())
                edges.insert(edges.end(), above->second.begin(), above->second.end());
        Referrals(context, matter, std::move(edges)).check();
    }
}

}  // namespace gridgov::lists
