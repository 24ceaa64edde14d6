#include "tests/client/screens/sample_views.h"

#include <algorithm>
#include <cstdlib>

namespace doorstep::samples {

View framed(std::string title, std::string place, bool back) {
    View view;
    view.number = 1;
    view.header = {std::move(title), "3 to send, oldest 10:42", false, back};
    view.place = std::move(place);
    return view;
}

Uuid id(std::uint8_t number) {
    Uuid made;
    made.bytes[0] = 0xd0;
    made.bytes[15] = number;
    return made;
}

NodeRef node(std::uint32_t number) {
    return {number, 1};
}

QuestionItem asked(std::uint32_t number, QuestionType type, std::string name, std::string label,
                   std::vector<Choice> choices, std::string answer) {
    QuestionItem item;
    item.question.node = node(number);
    item.question.name = name;
    item.question.path = "/data/" + name;
    item.question.type = type;
    item.question.label = std::move(label);
    item.question.answer = Answer::given(std::move(answer));
    item.number_label = item.question.label;
    for (const Choice& choice : choices)
        if (choice.value == "none")
            item.exclusive = {"none"};
    item.choices = std::move(choices);
    return item;
}

PageView page(std::string section, std::string progress, std::vector<QuestionItem> items) {
    PageView page;
    page.questionnaire = id(90);
    page.section = std::move(section);
    page.progress = std::move(progress);
    page.in_hand = items.empty() ? NodeRef{} : items.front().question.node;
    page.items = std::move(items);
    page.language = "English (en)";
    page.languages = five_languages();
    page.saved = "Saved 10:42";
    page.today = "2026-11-21";
    page.has_officers_page = true;
    page.can_show_to_resident = true;
    return page;
}

const std::vector<std::string>& five_languages() {
    static const std::vector<std::string> all{"English (en)", "Arabic (ar)", "Chinese Simplified (zh-Hans)",
                                              "Polish (pl)", "Punjabi (pa)"};
    return all;
}

std::vector<Sample> all() {
    std::vector<Sample> samples;
    for (auto&& some : {of_home(), of_doors(), of_questions(), of_summary(), of_review(), of_sign_in()})
        samples.insert(samples.end(), some.begin(), some.end());
    return samples;
}

const View& named(const std::vector<Sample>& samples, const std::string& name) {
    const auto found =
        std::find_if(samples.begin(), samples.end(), [&](const Sample& one) { return one.name == name; });
    if (found == samples.end())
        std::abort();  // our own mistake
    return found->view;
}

}  // namespace doorstep::samples
