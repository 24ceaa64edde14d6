#include "tests/properties/random_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tests/forms/definition/form_text.h"

namespace doorstep::test {
namespace {

class FormMaker {
public:
    FormMaker(Random& random, const FormWishes& wishes) : random_(random), wishes_(wishes) {}

    std::string make() {
        text_.instance = "<gate/><secret/><all>";
        text_.binds = "<bind nodeset=\"/data/all\" relevant=\"/data/gate != 'shut'\"/>"
                      "<bind nodeset=\"/data/secret\" d:sensitive=\"restricted\"/>";
        text_.body = "<input ref=\"/data/gate\"/><input ref=\"/data/secret\"/><group ref=\"/data/all\">";
        container("/data/all", {}, 2 + random_.below(6));
        text_.instance += "</all>";
        text_.body += "</group>";
        for (int i = 0; i < 3; ++i)
            rule(i);
        text_.model += "<d:referral id=\"care\" agency=\"care\" when=\"/data/secret &gt; 1\" reason=\"t\"/>";
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
        const std::size_t first = questions_.size();
        container(own, repeats, 1 + random_.below(3));
        if (wishes_.actions && chance(30) && questions_.size() > first)
            text_.body += fmt::format("<setvalue event=\"odk-new-repeat\" ref=\"{}\" value=\"{}\"/>",
                                      questions_[first].path, number(repeats));
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
        if (chance(45))
            bind +=
                fmt::format(" type=\"{}\"", std::vector{"int", "int", "decimal", "date"}[random_.below(4)]);
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
        const std::string then = action(repeats);
        if (chance(70))
            text_.body += fmt::format("<input ref=\"{}\">{}{}</input>", own, label, then);
        else
            text_.body += fmt::format(
                "<select ref=\"{}\">{}<itemset nodeset=\"instance('list')/root/item[k &lt;= {}]\">"
                "<value ref=\"n\"/><label ref=\"k\"/></itemset>{}</select>",
                own, label, operand(repeats), then);
    }

    // When this question changes, an earlier one is set, here or further out.
    std::string action(const std::vector<std::string>& repeats) {
        if (!wishes_.actions || questions_.empty() || !chance(15))
            return "";
        const Question& target = questions_[random_.below(questions_.size())];
        if (target.repeats.size() > repeats.size() ||
            !std::equal(target.repeats.begin(), target.repeats.end(), repeats.begin()))
            return "";
        return fmt::format("<setvalue event=\"xforms-value-changed\" ref=\"{}\" value=\"{}\"/>", target.path,
                           number(repeats));
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

}  // namespace doorstep::test
