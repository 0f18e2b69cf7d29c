#include "simulate/village_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gridgov::simulate {
namespace {

constexpr std::array<std::string_view, 26> first_names{
    "马营", "甘泉", "双河", "青坪", "石梁", "龙洞", "柏林", "桃园", "白岩", "清溪", "新桥", "黄坪", "竹坝",
    "松林", "水井", "金银", "梨坪", "茶园", "三湾", "云峰", "红岩", "长岭", "盐井", "枫香", "玉泉", "天池"};

constexpr std::array<std::string_view, 40> beginnings{
    "石", "青", "白", "黄", "红", "黑", "金", "银", "铜", "铁", "松", "柏", "竹", "桃", "李", "梨", "杏", "桂",
    "枫", "杉", "龙", "凤", "鹤", "鹿", "双", "三", "五", "七", "九", "长", "高", "平", "清", "泉", "云", "月",
    "星", "天", "玉", "花"};

constexpr std::array<std::string_view, 40> endings{
    "坪", "坝", "梁", "岭", "岩", "溪", "河", "湾", "沟", "洞", "桥", "井", "塘", "池", "泉", "滩", "坡", "垭",
    "堡", "寨", "营", "庙", "林", "园", "田", "山", "峰", "台", "潭", "口", "场", "屋", "院", "庄", "港", "堰",
    "槽", "包", "嘴", "门"};

constexpr std::array<std::string_view, 13> prefixes{"",   "上", "下", "东", "西", "南", "北",
                                                    "大", "小", "新", "老", "前", "后"};

}  // namespace

std::vector<std::string> village_names(std::size_t count) {
    std::vector<std::string> names;
    names.reserve(count);
    for (std::size_t i = 0; i < first_names.size() && names.size() < count; ++i)
        names.push_back(std::string(first_names[i]) + "村");
    for (std::size_t round = 0; names.size() < count; ++round) {
        // Steps through both lists at once, so that neighbours in the list sound different.
        const std::size_t begin = round % beginnings.size();
        const std::size_t end = (round / beginnings.size() + round * 17) % endings.size();
        const std::size_t lap = round / (beginnings.size() * endings.size());
        const std::string stem = std::string(beginnings[begin]) + std::string(endings[end]);
        const std::size_t number = lap / prefixes.size();
        std::string name = std::string(prefixes[lap % prefixes.size()]) + stem;
        if (lap == 0 && std::find(first_names.begin(), first_names.end(), stem) != first_names.end())
            continue;
        if (number > 0) name += std::to_string(number + 1);
        names.push_back(name + "村");
    }
    return names;
}

}  // namespace gridgov::simulate
