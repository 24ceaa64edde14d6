#include "tests/properties/random_xpath.h"

#include <fmt/format.h>

#include <vector>

namespace doorstep::test {
namespace {

class Maker {
public:
    explicit Maker(Random& random) : random_(random) {}

    std::string element(int depth) {
        const std::string name = pick({"a", "b", "c", "d"});
        std::string text = "<" + name;
        if (chance(40))
            text += fmt::format(" k=\"{}\"", random_.below(5));
        if (chance(20))
            text += " id=\"" + word() + "\"";
        text += ">" + (chance(40) ? word() : "");
        for (std::uint64_t i = 0, n = depth > 0 ? random_.below(4) : 0; i < n; ++i) {
            text += element(depth - 1);
            if (chance(25))
                text += pick({"tail", " ", "<!--note-->", "<?go on?>", "3"});
        }
        return text + "</" + name + ">";
    }

    std::string any(int depth) {
        switch (random_.below(4)) {
        case 0:
            return number(depth);
        case 1:
            return text(depth);
        case 2:
            return truth(depth);
        default:
            return nodes(depth);
        }
    }

private:
    bool chance(unsigned percent) { return random_.below(100) < percent; }
    std::string pick(const std::vector<std::string>& from) { return from[random_.below(from.size())]; }
    // Nothing that a lone "-" can be cut from: libxml2 takes that for a number.
    std::string word() { return pick({"1", "2", "07", "x", "xy", " x y ", "30", ""}); }

    // What follows an attribute, libxml2 takes for what follows its element.
    static bool has_attributes(const std::string& path) {
        return path.find('@') != std::string::npos || path.find("attribute::") != std::string::npos;
    }

    std::string predicate_of(const std::string& path, int depth) {
        std::string made = predicate(depth);
        while (has_attributes(path) && made.find("following") != std::string::npos)
            made = predicate(depth);
        return made;
    }

    std::string in_brackets(int depth) {
        const std::string inside = nodes(depth - 1);
        const std::string filter = predicate_of(inside, depth - 1);
        const bool further = chance(50) && !has_attributes(inside);
        return "(" + inside + ")" + filter + (further ? "/" + step(depth - 1) : "");
    }

    std::string nodes(int depth) {
        if (depth > 0 && chance(15))
            return nodes(depth - 1) + " | " + nodes(depth - 1);
        if (depth > 0 && chance(15))
            return in_brackets(depth);
        std::string path = pick({"", "/", "//", ".//", "../"});
        path += after(path, depth);
        while (chance(45) && !has_attributes(path)) {
            path += pick({"/", "/", "//"});
            path += after(path, depth - 1);
        }
        return path;
    }

    std::string step(int depth) {
        const std::string test = pick({"a", "b", "c", "*", "*", "node()", "text()", "comment()",
                                       "processing-instruction()", "processing-instruction('go')"});
        const std::string axis =
            pick({"", "", "", "child::", "descendant::", "descendant-or-self::", "parent::", "ancestor::",
                  "ancestor-or-self::", "following::", "following-sibling::", "preceding::",
                  "preceding-sibling::", "self::"});
        std::string made = chance(15) ? pick({"@k", "@*", "@id", "attribute::k"}) : axis + test;
        if (chance(10))
            return pick({".", ".."});
        while (depth > 0 && chance(30))
            made += predicate_of(made, --depth);
        return made;
    }

    // libxml2 finds less than all in "//.".
    std::string after(const std::string& path, int depth) {
        std::string next = step(depth);
        while (path.ends_with("//") && (next == "." || next.starts_with("self::")))
            next = step(depth);
        return next;
    }

    std::string predicate(int depth) {
        switch (random_.below(5)) {
        case 0:
            return fmt::format("[{}]", random_.below(4));
        case 1:
            return pick({"[last()]", "[position() = 2]", "[position() < last()]", "[position() mod 2 = 1]"});
        case 2:
            return "[" + nodes(depth) + "]";
        default:
            return "[" + truth(depth) + "]";
        }
    }

    std::string number(int depth) {
        if (depth <= 0)
            return std::to_string(random_.below(6));
        switch (random_.below(9)) {
        case 0:
            return fmt::format("count({})", nodes(depth - 1));
        case 1:
            return fmt::format("string-length({})", text(depth - 1));
        case 2:
            return fmt::format("number({})", nodes(depth - 1));
        case 3:
            return fmt::format("sum({}/@k)", pick({"//a", "//*", "..", "/*"}));
        case 4:
            return fmt::format("{}({} div 4)", pick({"floor", "ceiling", "round"}), number(depth - 1));
        case 5:
            return fmt::format("-({})", number(depth - 1));
        case 6:
            return pick({"position()", "last()"});
        default:
            return fmt::format("({} {} {})", number(depth - 1), pick({"+", "-", "*", "mod"}),
                               number(depth - 1));
        }
    }

    std::string text(int depth) {
        if (depth <= 0)
            return "'" + word() + "'";
        switch (random_.below(10)) {
        case 0:
            return fmt::format("string({})", nodes(depth - 1));
        case 1:
            return fmt::format("concat({}, {})", text(depth - 1), text(depth - 1));
        case 2:
            return fmt::format("substring({}, {}, {})", text(depth - 1), random_.below(4), random_.below(4));
        case 3:
            return fmt::format("substring-before({}, {})", text(depth - 1), text(0));
        case 4:
            return fmt::format("substring-after({}, {})", text(depth - 1), text(0));
        case 5:
            return fmt::format("normalize-space({})", text(depth - 1));
        case 6:
            return fmt::format("translate({}, 'xy', {})", text(depth - 1), pick({"'yx'", "'z'", "''"}));
        case 7:
            return fmt::format("{}({})", pick({"name", "local-name"}), nodes(depth - 1));
        case 8:
            return fmt::format("string(count({}))", nodes(depth - 1));
        default:
            return "'" + word() + "'";
        }
    }

    std::string truth(int depth) {
        if (depth <= 0)
            return pick({"true()", "false()"});
        switch (random_.below(8)) {
        case 0:
            return fmt::format("not({})", truth(depth - 1));
        case 1:
            return fmt::format("boolean({})", any(depth - 1));
        case 2:
            return fmt::format("{}({}, {})", pick({"contains", "starts-with"}), text(depth - 1), text(0));
        case 3:
            return fmt::format("({} {} {})", truth(depth - 1), pick({"and", "or"}), truth(depth - 1));
        case 4:
            return fmt::format("({} {} {})", nodes(depth - 1), relation(), nodes(depth - 1));
        case 5:
            return fmt::format("({} {} {})", nodes(depth - 1), relation(), text(depth - 1));
        default:
            return fmt::format("({} {} {})", nodes(depth - 1), relation(), number(depth - 1));
        }
    }

    std::string relation() { return pick({"=", "!=", "<", "<=", ">", ">="}); }

    Random& random_;
};

}  // namespace

std::string random_document(Random& random) {
    return "<root>" + Maker(random).element(3) + Maker(random).element(2) + "</root>";
}

std::string random_xpath(Random& random) {
    return Maker(random).any(3);
}

}  // namespace doorstep::test
