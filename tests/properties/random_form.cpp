#include "tests/properties/random_form.h"

#include <optional>

#include <fmt/format.h>

#include "forms/definition/content.h"
#include "tests/forms/definition/form_text.h"
#include "tests/properties/filling.h"

namespace doorstep::test {
namespace {

class FormMaker {
public:
    FormMaker(Random& random, const FormWishes& wishes) : random_(random), wishes_(wishes) {}

    std::string make() {
        text_.instance = "<gate/><all>";
        text_.binds = "<bind nodeset=\"/data/all\" relevant=\"/data/gate != 'shut'\"/>";
        text_.body = "<input ref=\"/data/gate\"/><group ref=\"/data/all\">";
        container("/data/all", {}, 2 + random_.below(6));
        text_.instance += "</all>";
        text_.body += "</group>";
        for (int i = 0; i < 3; ++i)
            rule(i);
        text_.model +=
            "<instance id=\"list\"><root><item><n>a</n><k>1</k></item><item><n>b</n><k>2</k></item>"
            "<item><n>c</n><k>1</k></item></root></instance>";
        text_.itext = "<translation lang=\"en\"><text id=\"t\"><value>English</value></text></translation>"
                      "<translation lang=\"pl\"><text id=\"t\"><value>Polski</value></text></translation>";
        return text_.xml();
    }

private:
    struct Question {
        std::string path;
        std::vector<std::string> repeats;  // around it, outermost first
    };

    bool chance(unsigned percent) { return random_.below(100) < percent; }

    // From a question made before, as this place may read it.
    std::string operand(const std::vector<std::string>& repeats) {
        if (questions_.empty() || chance(10))
            return std::to_string(random_.below(6));
        const Question& one = questions_[random_.below(questions_.size())];
        // Inside other repeats it is many: an aggregate.
        const bool shared = one.repeats.size() <= repeats.size() &&
                            std::equal(one.repeats.begin(), one.repeats.end(), repeats.begin());
        if (shared && !chance(15))
            return one.path;
        if (!one.repeats.empty() && chance(40))
            return fmt::format("count({})", one.repeats[random_.below(one.repeats.size())]);
        if (!one.repeats.empty() && chance(25))
            return fmt::format("sum({}[position() &gt; 1]{})", one.repeats[0],
                               one.path.substr(one.repeats[0].size()));
        return fmt::format("{}({})", chance(60) ? "sum" : chance(50) ? "count-non-empty" : "max", one.path);
    }

    std::string number(const std::vector<std::string>& repeats) {
        const std::string left = operand(repeats);
        switch (random_.below(6)) {
        case 0:
            return fmt::format("{} + {}", left, operand(repeats));
        case 1:
            return fmt::format("{} * 2 - {}", left, operand(repeats));
        case 2:
            return fmt::format("coalesce({}, {})", left, operand(repeats));
        case 3:
            return repeats.empty() ? left : fmt::format("{} + position({})", left, up(repeats));
        case 4:
            return fmt::format("if({} &gt; 2, {}, string-length({}))", left, operand(repeats),
                               operand(repeats));
        default:
            return left;
        }
    }

    // The own instance of the innermost repeat, seen from the place being made.
    std::string up(const std::vector<std::string>& repeats) const {
        std::string path = "..";
        for (std::string at = own_.substr(0, own_.rfind('/')); at != repeats.back();
             at = at.substr(0, at.rfind('/')))
            path += "/..";
        return path;
    }

    std::string condition(const std::vector<std::string>& repeats) {
        const std::string one =
            fmt::format("{} {} {}", number(repeats),
                        std::vector{"=", "!=", "&gt;", "&lt;="}[random_.below(4)], random_.below(5));
        if (chance(25))
            return fmt::format("{} or {} = ''", one, operand(repeats));
        // Fails at run time while it is reached.
        if (chance(4))
            return fmt::format("{} and position(/data/nowhere) = 1", one);
        return one;
    }

    void container(const std::string& path, std::vector<std::string> repeats, std::uint64_t size) {
        for (std::uint64_t i = 0; i < size; ++i) {
            const std::uint64_t kind = random_.below(10);
            if (kind == 0 && path.size() < 34)
                group(path, repeats);
            else if (kind <= 2 && repeats.size() < 2)
                repeat(path, repeats);
            else
                question(path, repeats);
        }
    }

    std::string fresh(const char* prefix) { return prefix + std::to_string(next_++); }

    void group(const std::string& path, const std::vector<std::string>& repeats) {
        const std::string name = fresh("g");
        own_ = path + "/" + name;
        const std::string own = own_;
        std::string bind;
        if (chance(60))
            bind += fmt::format(" relevant=\"{}\"", condition(repeats));
        if (chance(20))
            bind += fmt::format(" readonly=\"{}\"", condition(repeats));
        text_.binds += fmt::format("<bind nodeset=\"{}\"{}/>", own, bind);
        text_.instance += "<" + name + ">";
        text_.body += "<group ref=\"" + own + "\">";
        container(own, repeats, 1 + random_.below(3));
        text_.instance += "</" + name + ">";
        text_.body += "</group>";
    }

    void repeat(const std::string& path, std::vector<std::string> repeats) {
        const std::string name = fresh("r");
        own_ = path + "/" + name;
        const std::string own = own_;
        if (chance(30))
            text_.binds += fmt::format("<bind nodeset=\"{}\" relevant=\"{}\"/>", own, condition(repeats));
        // A count that officers drive stays small, so that the test stays quick.
        const std::string count = chance(30) && wishes_.counts
                                      ? fmt::format(" jr:count=\"if({0} &gt; 4, 4, {0})\"", operand(repeats))
                                      : "";
        text_.instance += "<" + name + (chance(50) ? " jr:template=\"\">" : ">");
        text_.body += fmt::format("<repeat nodeset=\"{}\"{}>", own, count);
        repeats.push_back(own);
        container(own, repeats, 1 + random_.below(3));
        text_.instance += "</" + name + ">";
        text_.body += "</repeat>";
    }

    void question(const std::string& path, const std::vector<std::string>& repeats) {
        const std::string name = fresh("q");
        const std::string own = own_ = path + "/" + name;
        std::string bind;
        if (chance(35))
            bind += fmt::format(" relevant=\"{}\"", condition(repeats));
        if (chance(25))
            bind += fmt::format(" required=\"{}\"", condition(repeats));
        if (chance(10))
            bind += fmt::format(" readonly=\"{}\"", condition(repeats));
        if (chance(30))
            bind += fmt::format(" constraint=\". &lt; 4 or {}\"", condition(repeats));
        const bool calculated = chance(30);
        if (calculated)
            bind +=
                fmt::format(" calculate=\"{}\"",
                            chance(10) && wishes_.once ? "once(" + number(repeats) + ")" : number(repeats));
        if (chance(30))
            bind += " type=\"int\"";
        text_.binds += fmt::format("<bind nodeset=\"{}\"{}/>", own, bind);
        text_.instance += chance(15) ? fmt::format("<{0}>2</{0}>", name) : fmt::format("<{}/>", name);
        if (!calculated || chance(40))
            control(own, repeats);
        questions_.push_back({own, repeats});
    }

    void control(const std::string& own, const std::vector<std::string>& repeats) {
        const std::string label =
            chance(50) ? "<label ref=\"jr:itext('t')\"/>"
                       : fmt::format("<label>Now <output value=\"{}\"/></label>", number(repeats));
        if (chance(70))
            text_.body += fmt::format("<input ref=\"{}\">{}</input>", own, label);
        else
            text_.body += fmt::format(
                "<select ref=\"{}\">{}<itemset nodeset=\"instance('list')/root/item[k &lt;= {}]\">"
                "<value ref=\"n\"/><label ref=\"k\"/></itemset></select>",
                own, label, operand(repeats));
    }

    void rule(int number_of_rule) {
        own_ = "/data";
        text_.model +=
            fmt::format("<d:offer id=\"o{0}\" offer=\"o{0}\" when=\"{1}\" reason=\"t\" quantity=\"{2}\"/>",
                        number_of_rule, condition({}), number({}));
    }

    Random& random_;
    FormWishes wishes_;
    FormText text_;
    std::vector<Question> questions_;
    std::string own_;  // the place being made
    int next_ = 0;
};

}  // namespace

std::string random_form(Random& random, const FormWishes& wishes) {
    return FormMaker(random, wishes).make();
}

Act random_act(Random& random) {
    static const std::vector<std::string> texts{"0", "1",   "2", "3",   "5",  "a",
                                                "b", "a c", "",  "x y", "-1", "2.5"};
    Act one;
    const std::uint64_t dice = random.below(20);
    one.what = dice < 13   ? Act::What::answer
               : dice < 16 ? Act::What::add
               : dice < 19 ? Act::What::remove
                           : Act::What::language;
    one.where = static_cast<std::uint32_t>(random.below(1'000));
    one.text = texts[random.below(texts.size())];
    if (random.below(8) == 0)
        one.kind = std::vector{AnswerKind::dont_know, AnswerKind::prefer_not,
                               AnswerKind::not_asked}[random.below(3)];
    return one;
}

namespace {

// The first of that kind from some place on; the test is quick for looking at few.
std::optional<NodeRef> one_of(const FormSession& session, bool repeats, std::uint32_t from) {
    const auto nodes = session.nodes(true);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const NodeRef node = nodes[(from + i) % nodes.size()];
        const QuestionType type = session.view(node)->type;
        if (type != QuestionType::group && type != QuestionType::hidden &&
            repeats == (type == QuestionType::repeat))
            return node;
    }
    return std::nullopt;
}

bool is_calculated(const FormSession& session, NodeRef node) {
    const FormContent& content = session.form().content();
    const auto place = content.by_path(without_numbers(session.view(node)->path));
    return place && content.at(*place).bind.calculate;
}

}  // namespace

bool act(FormSession& session, const Act& one, JournalEntry& entry, bool calculated_too) {
    if (one.what == Act::What::language)
        return session.set_language(one.where % 2 == 0 ? "pl" : "en", &entry).ok();
    const auto found = one_of(session, one.what != Act::What::answer, one.where);
    if (!found)
        return false;
    const NodeRef node = *found;
    if (one.what == Act::What::answer) {
        if (!calculated_too && is_calculated(session, node))
            return false;
        const bool given = one.kind == AnswerKind::given;
        return session.answer(node, given ? Answer::given(one.text) : Answer{one.kind, {}}, &entry).ok();
    }
    if (one.what == Act::What::remove)
        return session.remove_repeat(node, &entry).ok();
    const std::string path = session.view(node)->path;
    // Beyond this the test is only slower.
    if (path.ends_with("[6]"))
        return false;
    return session.add_repeat(path.substr(0, path.rfind('[')), &entry).ok();
}

}  // namespace doorstep::test
