#include "tests/bench/forms/lists.h"

#include <fmt/format.h>

#include "forms/desk/attachments.h"
#include "tests/bench/forms/fillings.h"
#include "tests/bench/forms/generated_form.h"
#include "tests/bench/forms/stopwatch.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::bench {

void measure_list(int rows, Figures& figures) {
    const std::string name = fmt::format("list_{}", rows);
    const TemporaryFolder folder;
    folder.write("places.csv", places_csv(rows));
    const std::string xml = look_up_form();
    std::shared_ptr<const FormDefinition> form;
    const double load_ms = spent_ms([&] { form = loaded(xml, attachments_in(folder.path())); });
    figures.add(name + "/load_with_csv", load_ms, "ms");
    Filling filling(form);
    FormSession& session = filling.session;
    const NodeRef key = *session.find("/data/key");
    const NodeRef area = *session.find("/data/area");
    const NodeRef street = *session.find("/data/street");
    const auto answer = [&](NodeRef node, const std::string& text) {
        (void)session.answer(node, Answer::given(text)).ok();
    };
    const double first_ms = spent_ms([&] { answer(key, fmt::format("p{}", rows / 2)); });
    figures.add(name + "/look_up_first", first_ms, "ms");
    // From the file on: reading it does most of the work.
    figures.add(name + "/load_and_look_up_first", load_ms + first_ms, "ms", rows == 100'000 ? "< 120" : "");
    std::vector<double> later;
    for (int i = 0; i < 2'000; ++i) {
        const std::string text = fmt::format("p{}", filling.random.below(static_cast<std::uint64_t>(rows)));
        later.push_back(spent_ms([&] { answer(key, text); }));
    }
    figures.add(name + "/look_up_p50", quantile(later, 0.5), "ms", "< 0.01");
    figures.add(name + "/look_up_p99", quantile(later, 0.99), "ms");
    std::vector<double> lists;
    for (int i = 0; i < 500; ++i) {
        answer(area, fmt::format("a{}", filling.random.below(static_cast<std::uint64_t>(rows) / 20)));
        lists.push_back(spent_ms([&] { (void)session.choices(street)->size(); }));
    }
    figures.add(name + "/choices_of_20_first", lists.front(), "ms");
    figures.add(name + "/choices_of_20_p50", quantile(lists, 0.5), "ms");
}

}  // namespace doorstep::bench
