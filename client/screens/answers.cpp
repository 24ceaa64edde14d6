#include "client/screens/answers.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/ui/choice.h"
#include "client/ui/field.h"

namespace doorstep::screens {

namespace {

const std::string& name_of(const QuestionView& question) {
    return question.label.empty() ? question.name : question.label;
}

std::string scoped(const PageOfAnswers& page, const std::string& label, const QuestionView& question) {
    return page.twice.contains(label) ? fmt::format("{} ({})", label, name_of(question)) : label;
}

std::string text_of(const Answer& answer) {
    return answer.kind == AnswerKind::given ? answer.text : std::string();
}

void choices(Ui& ui, const QuestionItem& item, const PageOfAnswers& page, Intents& intents) {
    const QuestionView& question = item.question;
    const bool many = question.type == QuestionType::select_multiple;
    for (const Choice& choice : item.choices) {
        const bool chosen = is_chosen(question.answer, choice.value);
        const std::string mark = scoped(page, choice.label, question);
        const bool tapped = many ? checkbox(ui, choice.label, chosen, !question.readonly, mark)
                                 : radio(ui, choice.label, chosen, !question.readonly, mark);
        if (tapped && (many || !chosen))
            intents.emplace_back(intent::GiveAnswer{
                question.node, Answer::given(many ? toggled(item, choice.value) : choice.value)});
    }
    if (item.choices.empty())
        second(ui, ui.say("No answer can be chosen here yet. It depends on an earlier question."));
}

void text(Ui& ui, const QuestionItem& item, AnswersLocal& local, Intents& intents, Keyboard keyboard) {
    const QuestionView& question = item.question;
    const std::string id = "q" + question.path;
    FieldLocal& field = local.fields[question.path];
    follow(field, text_of(question.answer), ui.focus().field == id);
    FieldLook look;
    look.lines = question.appearance.find("multiline") == std::string::npos ? 1 : 4;
    look.keyboard = keyboard;
    look.error = item.heard_as_error;
    const FieldTold told = text_field(ui, id, name_of(question), field, look, false);
    // Letter by letter, so that what was typed survives whatever happens in the next moment;
    // and once more when the field is left before that was kept.
    const bool in_doubt = told.left && field.mine && field.text != text_of(question.answer);
    if (!told.changed && !in_doubt)
        return;
    tell(field);
    intents.emplace_back(intent::GiveAnswer{question.node, Answer::given(field.text), !told.left});
}

void number(Ui& ui, const QuestionItem& item, AnswersLocal& local, Intents& intents) {
    const QuestionView& question = item.question;
    const bool decimal = question.type == QuestionType::decimal;
    const auto told = number_field(ui, "q" + question.path, name_of(question), text_of(question.answer),
                                   local.fields[question.path], {}, {}, decimal, item.heard_as_error, false);
    if (told)
        intents.emplace_back(intent::GiveAnswer{question.node, Answer::given(*told)});
}

void date(Ui& ui, const QuestionItem& item, const PageOfAnswers& page, AnswersLocal& local,
          Intents& intents) {
    const QuestionView& question = item.question;
    const auto told = date_field(ui, "q" + question.path, name_of(question), text_of(question.answer),
                                 local.dates[question.path], page.today, item.heard_as_error, false);
    if (told)
        intents.emplace_back(intent::GiveAnswer{question.node, Answer::given(*told)});
}

void acknowledge(Ui& ui, const QuestionItem& item, Intents& intents) {
    const QuestionView& question = item.question;
    const bool given = question.answer.kind == AnswerKind::given;
    if (checkbox(ui, name_of(question), given, !question.readonly))
        intents.emplace_back(intent::GiveAnswer{question.node, given ? Answer{} : Answer::given("OK")});
}

void answer_part(Ui& ui, const QuestionItem& item, const PageOfAnswers& page, AnswersLocal& local,
                 Intents& intents) {
    switch (item.question.type) {
    case QuestionType::note:
    case QuestionType::hidden:
    case QuestionType::group:
    case QuestionType::repeat:
        return;
    case QuestionType::select_one:
    case QuestionType::select_multiple:
        return choices(ui, item, page, intents);
    case QuestionType::text:
        return text(ui, item, local, intents, Keyboard::letters);
    case QuestionType::integer:
    case QuestionType::decimal:
    case QuestionType::range:
        return number(ui, item, local, intents);
    case QuestionType::date:
        return date(ui, item, page, local, intents);
    case QuestionType::time:
        return text(ui, item, local, intents, Keyboard::numbers);
    case QuestionType::acknowledge:
        return acknowledge(ui, item, intents);
    case QuestionType::date_time:
    case QuestionType::geopoint:
    case QuestionType::rank:
    case QuestionType::image:
    case QuestionType::file:
        break;
    }
    second(ui, ui.say("This kind of question cannot be answered here yet."));
}

bool asks(const QuestionView& question) {
    switch (question.type) {
    case QuestionType::note:
    case QuestionType::group:
    case QuestionType::repeat:
    case QuestionType::hidden:
    case QuestionType::acknowledge:
        return false;
    default:
        return true;
    }
}

NoneWords in_words(const Ui& ui, const NoneWords& spoken) {
    if (!spoken.unfold.empty())
        return spoken;
    return {ui.say("Not sure, or rather not say"), ui.say("Don't know"), ui.say("Prefer not to say"),
            ui.say("Not asked"), ui.say("Clear the answer")};
}

// The answers that are none, folded until wanted; the one that was given stays in sight.
void more_answers(Ui& ui, const QuestionItem& item, const NoneWords& none, AnswersLocal& local,
                  Intents& intents) {
    const QuestionView& question = item.question;
    const AnswerKind kind = question.answer.kind;
    const auto marked = [&](const std::string& words) {
        return fmt::format("{} ({})", words, name_of(question));
    };
    bool& unfolded = local.unfolded[question.path];
    const bool set =
        kind == AnswerKind::dont_know || kind == AnswerKind::prefer_not || kind == AnswerKind::not_asked;
    if (!unfolded && !set) {
        const std::string& words = none.unfold;
        unfolded = links(ui, {{words, marked(words), Icon::none, false, false, true}}) == 0;
        return;
    }
    const auto chosen = [&](AnswerKind one) { return kind == one ? Icon::check : Icon::none; };
    std::vector<Link> all{{none.dont_know, marked(none.dont_know), chosen(AnswerKind::dont_know),
                           kind == AnswerKind::dont_know},
                          {none.prefer_not, marked(none.prefer_not), chosen(AnswerKind::prefer_not),
                           kind == AnswerKind::prefer_not},
                          {none.not_asked, marked(none.not_asked), chosen(AnswerKind::not_asked),
                           kind == AnswerKind::not_asked}};
    if (kind != AnswerKind::blank)
        all.push_back({none.clear, marked(none.clear), Icon::none, false});
    const int tapped = links(ui, all);
    if (tapped < 0)
        return;
    const Answer said[] = {
        {AnswerKind::dont_know, ""}, {AnswerKind::prefer_not, ""}, {AnswerKind::not_asked, ""}, {}};
    local.fields[question.path] = {};
    local.dates[question.path] = {};
    intents.emplace_back(intent::GiveAnswer{question.node, said[tapped]});
}

void suggestion(Ui& ui, const SuggestionLine& line, const std::string& marked, Intents& intents) {
    const Palette& colours = ui.colours();
    const float grown = ui.appeared("suggestion/" + line.id);
    if (grown < 1) {  // it unfolds: room first, words when there is room
        ui.take(ui.px(mm::button) * grown);
        return;
    }
    ui.gap(2);
    ui.words(line.words, Type::body_bold, colours.text);
    if (!line.reason.empty())
        second(ui, line.reason);
    if (!line.decided.empty()) {
        second(ui, line.decided);
    } else if (!line.agency.empty()) {
        ui.gap(1);
        const std::string words = ui.say("The resident agrees");
        const Rect column = ui.column();
        const float wide = std::min(column.w, ui.measure(words, Type::body).width_px + ui.px(14));
        const float rest = std::max(1.0f, column.w - wide);
        ui.beside({wide, rest}, 0, [&](int part) {
            if (part == 0 && verb(ui, words, fmt::format("{} ({})", words, marked), ButtonLook::secondary))
                intents.emplace_back(intent::AgreeReferral{line.agency, "resident", ""});
        });
    }
    ui.gap(2);
}

void suggestions(Ui& ui, const QuestionItem& item, const PageOfAnswers& page, Intents& intents) {
    for (const SuggestionLine& line : item.suggestions) {
        const Rect column = ui.column();
        const float bar = ui.px(mm::line_strong), pad = ui.px(4);
        const float x = ui.mirrored() ? column.x : column.x + pad;
        ui.gap(mm::gap_min);
        const float top = ui.column().y;
        float bottom = top;
        ui.within({x, top, column.w - pad, column.bottom() - top}, [&] {
            suggestion(ui, line, scoped(page, line.words, item.question), intents);
            bottom = ui.column().y;
        });
        ui.take(bottom - top);
        const float line_x = ui.mirrored() ? column.right() - bar : column.x;
        if (bottom > top)
            ui.fill(Rect{line_x, top, bar, bottom - top}.whole(), ui.colours().selected);
        ui.gap(mm::gap_min);
    }
}

// In very large print the hint waits: the answers come first.
void hint(Ui& ui, const QuestionView& question, AnswersLocal& local) {
    bool& unfolded = local.unfolded["hint" + question.path];
    if (question.hint.empty())
        return;
    if (ui.text_percent() < 200 || unfolded) {
        ui.gap(1);
        second(ui, question.hint);
        return;
    }
    const std::string words = ui.say("Hint");
    ui.gap(mm::gap_min);
    unfolded = link(ui, {words, fmt::format("{} ({})", words, name_of(question))});
}

void asked(Ui& ui, const QuestionItem& item, AnswersLocal& local) {
    const Palette& colours = ui.colours();
    const QuestionView& question = item.question;
    if (question.type == QuestionType::note)
        ui.words(question.label, Type::body, colours.text);
    else if (question.type != QuestionType::acknowledge)
        ui.words(name_of(question), Type::heading, colours.text, Align::start, Role::heading);
    hint(ui, question, local);
    if (item.heard_as_error && !question.violation_text.empty()) {
        ui.gap(1);
        ui.words(question.violation_text, Type::body_bold, colours.error);
    }
    if (item.not_saved) {
        ui.gap(1);
        ui.words(ui.say("Not saved yet"), Type::body_bold, colours.error, Align::start, Role::status);
    }
}

// Whoever types into a question stands on it: the tablet reopens there.
void stand_on(Ui& ui, const QuestionView& question, const PageOfAnswers& page, AnswersLocal& local,
              Intents& intents) {
    if (page.in_hand == question.node && local.stood_on == question.node)
        local.stood_on = {};
    if (ui.focus().field != "q" + question.path || page.in_hand == question.node ||
        local.stood_on == question.node)
        return;
    local.stood_on = question.node;
    intents.emplace_back(intent::StandOn{question.node});
}

}  // namespace

PageOfAnswers page_of_answers(const std::vector<QuestionItem>& items, std::string today, NodeRef in_hand) {
    PageOfAnswers page;
    page.today = std::move(today);
    page.in_hand = in_hand;
    std::set<std::string> once;
    const auto add = [&](const std::string& label) {
        if (!once.insert(label).second)
            page.twice.insert(label);
    };
    for (const QuestionItem& item : items) {
        for (const Choice& choice : item.choices)
            add(choice.label);
        for (const SuggestionLine& line : item.suggestions)
            add(line.words);
    }
    return page;
}

void question(Ui& ui, const QuestionItem& item, const PageOfAnswers& page, AnswersLocal& local,
              Intents& intents) {
    asked(ui, item, local);
    ui.gap(item.question.type == QuestionType::note ? 0 : 3);
    answer_part(ui, item, page, local, intents);
    stand_on(ui, item.question, page, local, intents);
    suggestions(ui, item, page, intents);
    if (!asks(item.question) || item.question.readonly || page.quiet)
        return;
    const bool choices = !item.choices.empty() && item.suggestions.empty();
    if (!choices)  // these have their air below them already
        ui.gap(mm::gap_min);
    more_answers(ui, item, in_words(ui, page.none), local, intents);
}

}  // namespace doorstep::screens
