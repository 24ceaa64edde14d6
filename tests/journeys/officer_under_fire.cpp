#include "tests/journeys/officer_under_fire.h"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <unistd.h>

#include "forms/base/encoding.h"
#include "sync/store/sealed_connection.h"
#include "sync/vault/sealed_box.h"
#include "tests/journeys/season_officer.h"
#include "tests/support/row_keys.h"

namespace doorstep::journey {
namespace {

constexpr const char* form_id = "safer_streets_doorstep";
constexpr const char* form_version = "2013";

class Working {
public:
    Working(Casework& casework, Random& random, int pipe)
        : casework_(casework), random_(random), pipe_(pipe) {}

    Result<void> for_ever() {
        for (;;) {
            TRY(OpenQuestionnaire at, taken_up());
            TRY_DO(fill(at));
            TRY_DO(finish(at));
        }
    }
    void tell(const Line& line) const {
        const std::string text = line.written() + "\n";
        if (write(pipe_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            _exit(4);
    }

private:
    template<class Act>
    Result<void> step(Line line, Act act) {
        tell(line);
        if (const auto acted = act(); !acted.ok())
            return acted.error();
        line.saved = true;
        tell(line);
        return {};
    }

    Result<void> finish(OpenQuestionnaire& at) {
        return step({false, "finish", {}, {}, {}}, [&] { return at.finish(); });
    }

    Result<OpenQuestionnaire> taken_up() {
        TRY(const auto drafts, casework_.drafts());
        if (!drafts.empty())
            return casework_.resume(drafts.front().questionnaire);
        Line line{false, "open", {}, {}, {}};
        tell(line);
        const Door door = casework_.door(Uuid::random(random_), "BE", "BE-001",
                                         {"4", "", "Quillfeather Road", "WD6 9OV", {}});
        TRY(OpenQuestionnaire at, casework_.open_questionnaire(door, form_id, form_version));
        line.saved = true;
        line.id = at.id().text();
        if (at.position())
            if (const auto view = at.session().view(*at.position()); view.ok())
                line.path = view->path;
        tell(line);
        return at;
    }

    Result<void> fill(OpenQuestionnaire& at) {
        for (;;) {
            const auto questions = askable(at.session());
            auto next = std::find_if(questions.begin(), questions.end(), [](const QuestionView& each) {
                return each.answer.kind == AnswerKind::blank || each.violation != Violation::none;
            });
            if (next == questions.end())
                return {};
            if (random_.chance(0.15))  // back to one that was answered
                next = questions.begin() + static_cast<std::ptrdiff_t>(random_.below(questions.size()));
            if (next->type == QuestionType::text) {
                TRY_DO(type(at, *next));
            } else {
                TRY_DO(step({false, "stand", {}, next->path, {}}, [&] { return at.stand_on(next->node); }));
                TRY_DO(answer(at, *next, likely(at, *next)));
            }
            if (random_.chance(0.1))
                TRY_DO(change_of_mind(at));
            const auto view = at.session().view(next->node);
            if (view.ok() && view->violation != Violation::none)
                TRY_DO(answer(at, *next, {AnswerKind::not_asked, {}}));
        }
    }

    Result<void> answer(OpenQuestionnaire& at, const QuestionView& question, const Answer& answer) {
        return step({false, "answer", {}, question.path, answer},
                    [&] { return at.answer(question.node, answer); });
    }

    // Letter by letter, each durable before the next.
    Result<void> type(OpenQuestionnaire& at, const QuestionView& question) {
        const std::string said = fmt::format("Źle śpi, {}", random_.next());
        for (std::size_t end = 1 + random_.below(6); end <= said.size(); end += 1 + random_.below(4)) {
            if (end < said.size() && (static_cast<unsigned char>(said[end]) & 0xC0u) == 0x80u)
                ++end;
            const Answer text = Answer::given(said.substr(0, end));
            TRY_DO(step({false, "type", {}, question.path, text},
                        [&] { return at.answer(question.node, text, true); }));
        }
        return {};
    }

    Result<void> change_of_mind(OpenQuestionnaire& at) {
        for (std::uint64_t back = 1 + random_.below(3); back > 0 && at.can_undo(); --back)
            TRY_DO(turn(at, true));
        while (at.can_redo() && random_.chance(0.7))
            TRY_DO(turn(at, false));
        return {};
    }

    Result<void> turn(OpenQuestionnaire& at, bool back) {
        const auto about = back ? at.can_undo() : at.can_redo();
        Line line{false, back ? "undo" : "redo", {}, about->about, {}};
        tell(line);
        TRY_DO(back ? at.undo() : at.redo());
        const auto node = at.session().find(line.path);
        const auto view = node ? at.session().view(*node) : Error{Fault::not_found, "", ""};
        const auto stands = at.position() ? at.session().view(*at.position()) : view;
        if (!view.ok() || !stands.ok())
            return Error{Fault::broken, "What was undone is not there.", ""};
        line.saved = true;
        line.answer = view->answer;
        line.id = stands->path;
        tell(line);
        return {};
    }

    Answer likely(const OpenQuestionnaire& at, const QuestionView& question) {
        const auto choices = at.session().choices(question.node);
        if (question.type == QuestionType::acknowledge)
            return Answer::given("OK");
        if (question.name == "adult_respondent")
            return Answer::given("yes");
        if (choices.ok() && !choices->empty())
            return Answer::given((*choices)[random_.below(choices->size())].value);
        if (question.type == QuestionType::text)
            return Answer::given(fmt::format("Said at {}", random_.next()));
        return Answer::given(std::to_string(1 + random_.below(6)));
    }

    Casework& casework_;
    Random& random_;
    int pipe_;
};

Result<void> work(const std::string& file, const Library& library, std::uint64_t seed, int pipe) {
    ManualClock clock(1'370'700'000'000 + static_cast<std::int64_t>(seed) * 60'000, 60);
    SeededRandom random(seed);
    RowKeys keys = row_keys_for_tests();
    TRY(auto sql, open_sealed(file, keys));
    TRY(Store store, Store::open(*sql, StoreRole::tablet, clock, random));
    Casework casework(store, library, clock, random, OnDuty{"off-pol-01", "off-fire-02", "team-1"});
    Working working(casework, random, pipe);
    return working.for_ever();
}

std::string kind_text(AnswerKind kind) {
    return std::to_string(static_cast<int>(kind));
}

}  // namespace

std::string Line::written() const {
    return fmt::format("{} {} {} {} {} {} .", saved ? "saved" : "try", what, id.empty() ? "-" : id,
                       path.empty() ? "-" : path, kind_text(answer.kind),
                       answer.text.empty() ? "-" : to_hex(answer.text));
}

std::optional<Line> Line::read(const std::string& text) {
    std::istringstream in(text);
    std::string saved, kind, answer, end;
    Line line;
    if (!(in >> saved >> line.what >> line.id >> line.path >> kind >> answer >> end) || end != ".")
        return std::nullopt;
    line.saved = saved == "saved";
    line.id = line.id == "-" ? "" : line.id;
    line.path = line.path == "-" ? "" : line.path;
    line.answer.kind = static_cast<AnswerKind>(std::atoi(kind.c_str()));
    line.answer.text = answer == "-" ? "" : from_hex(answer).value_or("");
    return line;
}

void work_for_ever(const std::string& file, const Library& library, std::uint64_t seed, int pipe) {
    const auto ended = work(file, library, seed, pipe);
    const Line fault{false, "fault", {}, {}, Answer::given(ended.ok() ? "ended" : ended.error().text())};
    const std::string text = fault.written() + "\n";
    _exit(write(pipe, text.data(), text.size()) > 0 ? 3 : 4);
}

}  // namespace doorstep::journey
