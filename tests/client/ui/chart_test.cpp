#include <catch2/catch.hpp>

#include "client/ui/chart.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

const std::vector<Bar> referrals = {{"Fire and rescue", 19},
                                    {"Neighbourhood Watch", 1402},
                                    {"Red Cross", 0},
                                    {"Trading standards", std::nullopt},
                                    {"Volunteering", 5, false}};

struct Chart {
    int opened = -1;
    WidgetBench bench;

    explicit Chart(bool table, const StageOptions& options = WidgetBench::quick(), bool mirrored = false)
        : bench(in_column([this, table, mirrored](Ui& ui) {
                    ui.mirror(mirrored);
                    const int tapped = table ? figure_table(ui, "Referrals by agency", referrals)
                                             : bar_chart(ui, "Referrals by agency", referrals);
                    if (tapped >= 0)
                        opened = tapped;
                }),
                options) {}
};

}  // namespace

TEST_CASE("bars and table are read out alike, and open the same lists", "[chart]") {
    for (const bool table : {false, true}) {
        Chart chart(table);
        chart.bench.tap("Neighbourhood Watch: 1,402", Role::row);
        CHECK(chart.opened == 1);
        chart.bench.tap("Red Cross: 0", Role::row);
        CHECK(chart.opened == 2);
        chart.bench.tap("Trading standards: not recorded", Role::row);
        CHECK(chart.opened == 3);
        CHECK_FALSE(chart.bench.find("Volunteering: 5", Role::row));
        CHECK(chart.bench.find("Volunteering: 5", Role::text));
        CHECK(chart.bench.find("Referrals by agency", Role::chart));
    }
}

TEST_CASE("rows can be hit and nothing runs out of its box, in every theme, size and shape", "[chart]") {
    for (const bool table : {false, true})
        for (const Theme theme : {Theme::light, Theme::dark, Theme::sunlight})
            for (const int percent : {100, 200, 300})
                for (const bool upright : {false, true}) {
                    StageOptions options = WidgetBench::quick();
                    options.theme = theme;
                    options.text_percent = percent;
                    if (upright)
                        std::swap(options.width, options.height);
                    Chart chart(table, options);
                    INFO(table << static_cast<int>(theme) << " " << percent << " " << upright);
                    CHECK(chart.bench.faults_now() == "");
                    CHECK(chart.bench.mark("Fire and rescue: 19", Role::row).rect.h >=
                          9 * options.px_per_mm - 1);
                }
}

TEST_CASE("a table keeps names and figures together", "[chart]") {
    Chart chart(true);
    CHECK(chart.bench.mark("Fire and rescue: 19", Role::row).rect.w < 80 * 5.88f);
}

TEST_CASE("a chart of nothing takes no room", "[chart]") {
    float before = 0, after = 0;
    WidgetBench bench(in_column([&](Ui& ui) {
        before = ui.column().y;
        CHECK(bar_chart(ui, "empty", {}) == -1);
        CHECK(figure_table(ui, "empty", {}) == -1);
        after = ui.column().y;
    }));
    CHECK(before == after);
}

TEST_CASE("figures of any size and sign do not break a chart", "[chart]") {
    const std::vector<Bar> odd = {
        {"most", std::numeric_limits<std::int64_t>::max()},
        {"least", std::numeric_limits<std::int64_t>::min()},
        {"under", -5},
        {"a name that is longer than any column is wide, and then some more words", 3}};
    WidgetBench bench(in_column([&](Ui& ui) {
        bar_chart(ui, "odd", odd);
        figure_table(ui, "odd table", odd);
    }));
    CHECK(bench.find("under: -5", Role::row));
    CHECK(bench.find("most: 9,223,372,036,854,775,807", Role::row));
    CHECK(bench.find("least: -9,223,372,036,854,775,808", Role::row));
}
