#include "tests/client/screens/samples_in_languages.h"

namespace doorstep::samples {

namespace {

PageView alarms(const SpokenPage& spoken) {
    PageView view = page(spoken.section, "4 of 12",
                         {asked(1, QuestionType::select_one, "smoke_alarms", spoken.alarms,
                                spoken.alarm_choices, "some_floors"),
                          asked(2, QuestionType::select_one, "smoke_alarm_accept", spoken.accept,
                                spoken.accept_choices, "supply_and_fit")});
    view.language = spoken.language;
    view.right_to_left = spoken.language == "Arabic (ar)";
    view.items[1].suggestions = {{"fire", "Suggested: Fire and rescue service", spoken.reason, "fire", ""}};
    return view;
}

PageView one_question() {
    const SpokenPage& english = spoken_pages().front();
    PageView view = page("Smoke alarms", "4 of 12",
                         {asked(1, QuestionType::select_one, "smoke_alarms",
                                "Is there a working smoke alarm on every floor?", english.alarm_choices)});
    view.items[0].question.hint = "Press the button to test it, if you are invited in.";
    view.first_page = true;
    return view;
}

std::vector<Choice> ages() {
    return {{"0_4", "0 to 4"},     {"5_17", "5 to 17"},   {"18_59", "18 to 59"},    {"60_64", "60 to 64"},
            {"65_74", "65 to 74"}, {"75_84", "75 to 84"}, {"85_plus", "85 or over"}};
}

PageView home_page() {
    PageView view =
        page("Your home", "2 of 12",
             {asked(1, QuestionType::integer, "household_size", "How many people live here?", {}, "3"),
              asked(2, QuestionType::select_multiple, "age_bands", "Which age groups live here?", ages(),
                    "0_4 18_59"),
              asked(3, QuestionType::select_one, "adult", "Does anyone here smoke?",
                    {{"yes", "Yes"}, {"no", "No"}}),
              asked(4, QuestionType::select_one, "help", "Would they like free help to stop?",
                    {{"yes", "Yes"}, {"no", "No"}, {"not_now", "Not now"}})});
    view.items[1].question.hint = "Select every group that fits.";
    return view;
}

PageView with_errors() {
    PageView view = home_page();
    view.items[0].question.answer = Answer::given("0");
    view.items[0].question.violation = Violation::constraint;
    view.items[0].question.violation_text = "Number of people must be between 1 and 20";
    view.items[0].heard_as_error = true;
    view.items[1].question.answer = {};
    view.items[1].question.violation = Violation::required;
    view.items[1].question.violation_text = "Select at least one age group";
    view.items[1].heard_as_error = true;
    return view;
}

PageView worries() {
    PageView view = page("Around here", "3 of 12",
                         {asked(1, QuestionType::select_multiple, "concerns", "What worries you around here?",
                                {{"burglary", "Burglary"},
                                 {"asb", "Nuisance or anti-social behaviour"},
                                 {"scams", "Scams by phone, post or internet"},
                                 {"rogue_traders", "Dishonest traders at the door"},
                                 {"none", "None of these"}},
                                "asb scams"),
                          asked(2, QuestionType::text, "concern_detail",
                                "What has been happening, and when? (no names of other people)", {},
                                "Motorbikes on the path behind the houses, most evenings after nine.")});
    view.items[0].question.hint = "Select all that fit, or None of these.";
    view.items[0].suggestions = {{"scams", "Suggested: Trading Standards",
                                  "You are worried about scams by phone, post or internet.", "trading", ""},
                                 {"asb", "Suggested: Anti-social behaviour team",
                                  "You are worried about nuisance.", "", "The resident agreed, 10:41"}};
    view.items[1].question.appearance = "multiline";
    return view;
}

PageView every_type() {
    PageView view =
        page("Every kind of question", "7 of 12",
             {asked(1, QuestionType::note, "note", "Your home qualifies: someone here is 65 or over."),
              asked(2, QuestionType::date, "day", "When was the alarm last tested?", {}, "2026-11-02"),
              asked(3, QuestionType::time, "time", "When is a good time to call?", {}, "16:00"),
              asked(4, QuestionType::decimal, "floor", "How high is the first floor, in metres?", {}, "2.4"),
              asked(5, QuestionType::range, "range", "How safe do you feel, from 1 to 10?", {}, "7"),
              asked(6, QuestionType::image, "photo", "A photo of the fuse box"),
              asked(7, QuestionType::text, "name", "Which other language?", {}, "Română")});
    view.items[6].question.answer = {AnswerKind::dont_know, ""};
    view.last_page = true;
    view.saved = "Saving";
    return view;
}

PageView privacy(const SpokenPage& spoken) {
    PageView view = page(spoken.before_we_start, "1 of 12",
                         {asked(1, QuestionType::note, "who", spoken.who_we_are),
                          asked(2, QuestionType::note, "kept", spoken.free_choice),
                          asked(3, QuestionType::acknowledge, "given",
                                "I have explained who we are, why we ask and who may see the answers")});
    view.first_page = true;
    return view;
}

PageView cannot_save() {
    PageView view = one_question();
    view.items[0].question.answer = Answer::given("some_floors");
    view.items[0].not_saved = true;
    view.saved =
        "1 answer is not saved yet. The tablet is full. Free some space. It stays on this page, also "
        "when the tablet locks; it is lost when the tablet is switched off.";
    view.saved_trouble = true;
    return view;
}

PageView with_undo() {
    PageView view = home_page();
    view.changes = {"Undo: Which age groups live here?", "Redo: Does anyone here smoke?"};
    return view;
}

PageView officers_page() {
    PageView view = page(
        "For the officer", "",
        {asked(1, QuestionType::note, "emergency", "If anyone is in danger now, call 999 first."),
         asked(2, QuestionType::select_multiple, "officer_concern", "Is anyone at risk of harm?",
               {{"neglect", "Not looked after"}, {"control", "Controlled by somebody"}, {"none", "None"}},
               "neglect")});
    view.officers_page = true;
    view.saved = "Kept when you leave this page";
    view.concerns = {
        {"adult_care", "Adult care services: somebody here may not be looked after.", SendConcern::yes, false,
         "Care Act 2014, section 42"},
        {"child", "Children's services: a child may be at risk.", SendConcern::undecided, false, ""}};
    return view;
}

ResidentView resident(const SpokenPage& spoken, bool explained) {
    ResidentView view;
    view.language = spoken.language;
    view.languages = five_languages();
    view.right_to_left = spoken.language == "Arabic (ar)";
    view.node = node(2);
    view.yes_words = spoken.yes_no[0].label;
    view.no_words = spoken.yes_no[1].label;
    view.yes = Answer::given("yes");
    view.no = Answer::given("no");
    view.free_choice = spoken.free_choice.substr(0, spoken.free_choice.find_first_of(".") + 1);
    if (spoken.language.starts_with("Chinese"))
        view.free_choice = "您不必回答。";
    if (spoken.language.starts_with("Punjabi"))
        view.free_choice = "ਜਵਾਬ ਦੇਣਾ ਜ਼ਰੂਰੀ ਨਹੀਂ ਹੈ।";
    if (explained) {
        view.heading = spoken.before_we_start;
        view.paragraphs = {spoken.who_we_are, spoken.free_choice};
        view.no_words.clear();
        view.yes = Answer::given("OK");
        view.yes_words = view.right_to_left ? "متابعة" : "Continue";
        view.next_words = view.right_to_left ? "التالي" : "Next";
        view.count_words = view.right_to_left ? "%1 من %2" : "%1 of %2";
    } else {
        view.heading = spoken.accept;
    }
    return view;
}

}  // namespace

std::vector<Sample> of_questions() {
    const auto at = [](const std::string& name) {
        return framed("14 Mill Lane", "questionnaire/90/" + name);
    };
    std::vector<Sample> all{sample("question-first", at("first"), one_question()),
                            sample("question-home", at("home"), home_page()),
                            sample("question-errors", at("errors"), with_errors()),
                            sample("question-worries", at("worries"), worries()),
                            sample("question-types", at("types"), every_type()),
                            sample("question-privacy", at("privacy"), privacy(spoken_pages().front())),
                            sample("question-not-saved", at("full"), cannot_save()),
                            sample("question-undo", at("undo"), with_undo()),
                            sample("officers-page", at("officer"), officers_page())};
    for (const SpokenPage& spoken : spoken_pages()) {
        const std::string code = spoken.language.substr(spoken.language.find('(') + 1, 2);
        all.push_back(sample("question-" + code, at("page-" + code), alarms(spoken)));
        all.push_back(sample("resident-" + code, at("resident-" + code), resident(spoken, false)));
        all.push_back(
            sample("resident-before-" + code, at("resident-before-" + code), resident(spoken, true)));
    }
    return all;
}

}  // namespace doorstep::samples
