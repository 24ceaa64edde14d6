#include "tests/bench/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace doorstep::bench {

void Figures::add(std::string name, double value, std::string unit, std::string aim) {
    figures_.push_back({std::move(name), value, std::move(unit), std::move(aim)});
}

void Figures::skip(std::string name, std::string why) {
    skipped_.emplace_back(std::move(name), std::move(why));
}

std::string Figures::table() const {
    std::string text;
    for (const Figure& figure : figures_)
        text +=
            fmt::format("{:<44} {:>10.3f} {:<8} {}\n", figure.name, figure.value, figure.unit, figure.aim);
    for (const auto& [name, why] : skipped_)
        text += fmt::format("{:<44} SKIPPED: {}\n", name, why);
    return text;
}

Result<void> Figures::write_json(const std::string& path) const {
    nlohmann::json list = nlohmann::json::array();
    for (const Figure& figure : figures_)
        list.push_back(
            {{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}, {"aim", figure.aim}});
    std::ofstream out(path);
    out << list.dump(2) << "\n";
    out.close();
    if (!out)
        return Error{Fault::not_writable, fmt::format("The figures could not be written to {}.", path),
                     "Name a file in a folder that can be written."};
    return {};
}

double quantile(std::vector<double> values, double share) {
    const auto last = static_cast<double>(values.size() - 1);
    const auto at = static_cast<std::ptrdiff_t>(std::ceil(share * last));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

}  // namespace doorstep::bench
