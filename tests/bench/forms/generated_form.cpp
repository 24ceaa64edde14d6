#include "tests/bench/forms/generated_form.h"

#include <fmt/format.h>

#include "tests/forms/definition/form_text.h"

namespace doorstep::bench {
namespace {

constexpr int page_size = 20;
constexpr int repeats = 5;
constexpr int fields = 10;

class MixedForm {
public:
    std::string make(int questions) {
        const int plain = questions > repeats * fields ? questions - repeats * fields : questions;
        for (int i = 0; i < plain; ++i) {
            if (i % page_size == 0)
                open_page(i / page_size);
            question(i);
            if ((i + 1) % page_size == 0 || i + 1 == plain)
                close_page();
        }
        for (int i = 0; plain < questions && i < repeats; ++i)
            repeat(i);
        for (int i = 0; i < 10; ++i)
            rule(i, place_of(plain / 100 * i * 10 + 5));
        text_.itext = fmt::format("<translation lang=\"en\">{}</translation><translation lang=\"pl\">{}"
                                  "</translation>",
                                  english_, polish_);
        text_.model += lists();
        return text_.xml();
    }

private:
    static std::string place_of(int i) { return fmt::format("/data/page{}/q{}", i / page_size, i); }

    // The number asked last before this question; for the first few, soon after.
    static int number_near(int i) { return i < 6 ? 5 : (i - 6) / 10 * 10 + 5; }

    void open_page(int page) {
        page_ = fmt::format("/data/page{}", page);
        text_.instance += fmt::format("<page{}>", page);
        text_.body += fmt::format("<group ref=\"{}\" appearance=\"field-list\">", page_);
    }

    void close_page() {
        text_.instance += fmt::format("</{}>", page_.substr(6));
        text_.body += "</group>";
    }

    std::string label(const std::string& name, const std::string& shown) {
        const std::string output = shown.empty() ? "" : fmt::format(" <output value=\"{}\"/>", shown);
        english_ += fmt::format("<text id=\"{0}:label\"><value>What is the {0} of this household?{1}"
                                "</value></text>",
                                name, output);
        polish_ += fmt::format("<text id=\"{0}:label\"><value>Jaki jest {0} tego gospodarstwa?{1}"
                               "</value></text>",
                               name, output);
        return fmt::format("<label ref=\"jr:itext('{}:label')\"/>", name);
    }

    void question(int i) {
        const std::string name = fmt::format("q{}", i);
        const std::string path = place_of(i);
        const std::string number = place_of(number_near(i));
        text_.instance += fmt::format("<{}/>", name);
        const int kind = i % 10;
        if (kind <= 2)
            bind(path, fmt::format("type=\"int\" relevant=\"{} &lt; {}\"", number, 50 + kind));
        else if (kind <= 4)
            bind(path, fmt::format("type=\"int\" calculate=\"{} * {} + 1\"", number, kind));
        else if (kind <= 6)
            bind(path, "type=\"int\" constraint=\". &gt;= 0 and . &lt;= 120\" jr:constraintMsg=\"0 to 120\"");
        else
            bind(path, "type=\"string\"");
        const std::string said = label(name, kind == 9 ? number : "");
        if (kind == 7)
            select(path, said,
                   fmt::format("instance('towns')/root/item[county={}]",
                               i < 10 ? "'c1'" : place_of(i / 10 * 10 - 2)));
        else if (kind == 8)
            select(path, said, "instance('counties')/root/item");
        else if (kind != 3 && kind != 4)
            text_.body += fmt::format("<input ref=\"{}\">{}</input>", path, said);
    }

    void bind(const std::string& path, const std::string& rest) {
        text_.binds += fmt::format("<bind nodeset=\"{}\" {}/>", path, rest);
    }

    void select(const std::string& path, const std::string& said, const std::string& nodes) {
        text_.body += fmt::format("<select1 ref=\"{}\">{}<itemset nodeset=\"{}\"><value ref=\"name\"/>"
                                  "<label ref=\"jr:itext(itextId)\"/></itemset></select1>",
                                  path, said, nodes);
    }

    void repeat(int number) {
        const std::string name = fmt::format("r{}", number);
        const std::string path = "/data/" + name;
        text_.instance += fmt::format("<{} jr:template=\"\">", name);
        text_.body += fmt::format("<group ref=\"{0}\"><repeat nodeset=\"{0}\">", path);
        std::string none;
        for (int i = 0; i < fields; ++i) {
            const std::string field = fmt::format("f{}", i);
            const std::string own = path + "/" + field;
            text_.instance += fmt::format("<{}/>", field);
            none += fmt::format("<{}/>", field);
            if (i < 3)
                bind(own, fmt::format("type=\"int\" relevant=\"../f5 &lt; {}\"", 50 + i));
            else if (i < 5)
                bind(own, fmt::format("calculate=\"../f5 + {}\"", i));
            else if (i < 7)
                bind(own, "type=\"int\" constraint=\". &gt;= 0 and . &lt;= 120\"");
            const std::string said = label(name + field, i == 9 ? "../f5" : "");
            if (i == 7)
                select(own, said, "instance('towns')/root/item[county=current()/../f8]");
            else if (i == 8)
                select(own, said, "instance('counties')/root/item");
            else if (i != 3 && i != 4)
                text_.body += fmt::format("<input ref=\"{}\">{}</input>", own, said);
        }
        text_.instance += fmt::format("</{0}><{0}>{1}</{0}>", name, none);
        text_.body += "</repeat></group>";
    }

    void rule(int number, const std::string& asked) {
        english_ += fmt::format("<text id=\"why{}\"><value>More than fifty</value></text>", number);
        polish_ += fmt::format("<text id=\"why{}\"><value>Ponad 50</value></text>", number);
        text_.model += fmt::format("<d:referral id=\"a{0}\" agency=\"a{0}\" when=\"{1} &gt; 50\" "
                                   "reason=\"why{0}\" consent=\"yes\"/>",
                                   number, asked);
    }

    std::string lists() {
        std::string counties;
        std::string towns;
        for (int county = 0; county < 10; ++county) {
            counties += fmt::format("<item><itextId>county{0}</itextId><name>c{0}</name></item>", county);
            choice(fmt::format("county{}", county), fmt::format("County {}", county));
            for (int town = 0; town < 20; ++town) {
                const std::string id = fmt::format("town{}_{}", county, town);
                towns += fmt::format("<item><itextId>{0}</itextId><name>{0}</name><county>c{1}</county>"
                                     "</item>",
                                     id, county);
                choice(id, fmt::format("Town {} of {}", town, county));
            }
        }
        text_.itext = fmt::format("<translation lang=\"en\">{}</translation><translation lang=\"pl\">{}"
                                  "</translation>",
                                  english_, polish_);
        return fmt::format("<instance id=\"counties\"><root>{}</root></instance>"
                           "<instance id=\"towns\"><root>{}</root></instance>",
                           counties, towns);
    }

    void choice(const std::string& id, const std::string& said) {
        english_ += fmt::format("<text id=\"{}\"><value>{}</value></text>", id, said);
        polish_ += fmt::format("<text id=\"{}\"><value>{} (PL)</value></text>", id, said);
    }

    test::FormText text_;
    std::string page_, english_, polish_;
};

}  // namespace

std::string mixed_form(int questions) {
    return MixedForm().make(questions);
}

std::string roster_form() {
    test::FormText text;
    text.instance = "<rate>1</rate><r jr:template=\"\">";
    text.body = "<input ref=\"/data/rate\"/><repeat nodeset=\"/data/r\">";
    for (int i = 0; i < 20; ++i) {
        text.instance += fmt::format("<f{}/>", i);
        if (i % 2 == 0)
            text.body += fmt::format("<input ref=\"/data/r/f{}\"/>", i);
        else
            text.binds +=
                fmt::format("<bind nodeset=\"/data/r/f{}\" calculate=\"../f{} * /data/rate\"/>", i, i - 1);
    }
    text.instance += "<no/></r><sum/><n/>";
    text.binds += "<bind nodeset=\"/data/r/no\" calculate=\"position(..)\"/>"
                  "<bind nodeset=\"/data/sum\" calculate=\"sum(/data/r/f19)\"/>"
                  "<bind nodeset=\"/data/n\" calculate=\"count(/data/r)\"/>";
    text.body += "</repeat>";
    return text.xml();
}

std::string unrelated_form(int questions) {
    test::FormText text;
    for (int i = 0; i < questions; ++i) {
        const int page = i / page_size;
        const std::string own = fmt::format("/data/page{}/q{}", page, i);
        if (i % page_size == 0)
            text.instance += fmt::format("<page{}>", page);
        text.instance += fmt::format("<q{0}/><q{0}b/><q{0}c/>", i);
        if (i % page_size == page_size - 1 || i + 1 == questions)
            text.instance += fmt::format("</page{}>", page);
        text.binds += fmt::format("<bind nodeset=\"{0}\" type=\"int\" constraint=\". &lt; 100\"/>"
                                  "<bind nodeset=\"{0}b\" relevant=\"{0} &gt; 5\"/>"
                                  "<bind nodeset=\"{0}c\" calculate=\"{0} * 2\"/>",
                                  own);
        text.body += fmt::format("<input ref=\"{0}\"/><input ref=\"{0}b\"/>", own);
    }
    return text.xml();
}

std::string look_up_form() {
    return test::FormText{
        .instance = "<key/><area/><name/><street/>",
        .binds = R"x(<bind nodeset="/data/name" )x"
                 R"x(calculate="instance('places')/root/item[name = /data/key]/label"/>)x",
        .body = R"(<input ref="/data/key"/><input ref="/data/area"/><select1 ref="/data/street">)"
                R"(<itemset nodeset="instance('places')/root/item[area = /data/area]">)"
                R"(<value ref="name"/><label ref="label"/></itemset></select1>)",
        .model = R"(<instance id="places" src="jr://file-csv/places.csv"/>)"}
        .xml();
}

std::string places_csv(int rows) {
    std::string text = "name,label,area\n";
    for (int i = 0; i < rows; ++i)
        text += fmt::format("p{},Place {},a{}\n", i, i, i / 20);
    return text;
}

}  // namespace doorstep::bench
