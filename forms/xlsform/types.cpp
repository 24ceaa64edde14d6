#include "forms/xlsform/types.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "forms/base/diagnostic.h"
#include "forms/xlsform/form.h"

namespace doorstep::xlsform {
namespace {

constexpr std::array plain_types = std::to_array<QuestionType>({
    {"text", Control::input, "string"},
    {"integer", Control::input, "int"},
    {"decimal", Control::input, "decimal"},
    {"note", Control::input, "string"},
    {"date", Control::input, "date"},
    {"time", Control::input, "time"},
    {"dateTime", Control::input, "dateTime"},
    {"geopoint", Control::input, "geopoint"},
    {"geotrace", Control::input, "geotrace"},
    {"geoshape", Control::input, "geoshape"},
    {"barcode", Control::input, "barcode"},
    {"acknowledge", Control::trigger, ""},
    {"range", Control::range, "int"},
    {"calculate", Control::none, "string"},
    {"hidden", Control::none, "string"},
    {"image", Control::upload, "binary", "image/*"},
    {"audio", Control::upload, "binary", "audio/*"},
    {"video", Control::upload, "binary", "video/*"},
    {"file", Control::upload, "binary", "application/*"},
    {"osm", Control::upload, "binary", "osm/*"},
    {"start", Control::none, "dateTime", "", "timestamp", "start"},
    {"end", Control::none, "dateTime", "", "timestamp", "end"},
    {"today", Control::none, "date", "", "date", "today"},
    {"deviceid", Control::none, "string", "", "property", "deviceid"},
    {"username", Control::none, "string", "", "property", "username"},
    {"email", Control::none, "string", "", "property", "email"},
    {"phonenumber", Control::none, "string", "", "property", "phonenumber"},
    {"simserial", Control::none, "string", "", "property", "simserial"},
    {"subscriberid", Control::none, "string", "", "property", "subscriberid"},
    {"audit", Control::audit, "binary"},
    {"csv-external", Control::external_instance, ""},
    {"xml-external", Control::external_instance, ""},
    {"background-audio", Control::background_audio, "binary"},
    {"background-geopoint", Control::background_geopoint, "geopoint"},
    {"start-geopoint", Control::start_geopoint, "geopoint"},
    {"group", Control::group, ""},
    {"repeat", Control::repeat, ""},
    {"end group", Control::end_group, ""},
    {"end repeat", Control::end_repeat, ""},
    {"end loop", Control::end_loop, ""},
});

constexpr std::array list_types = std::to_array<QuestionType>({
    {"select_one", Control::select_one, "string", "", "", "", ChoiceSource::list},
    {"select_multiple", Control::select_multiple, "string", "", "", "", ChoiceSource::list},
    {"rank", Control::rank, "odk:rank", "", "", "", ChoiceSource::list},
    {"select_one_from_file", Control::select_one, "string", "", "", "", ChoiceSource::file},
    {"select_multiple_from_file", Control::select_multiple, "string", "", "", "", ChoiceSource::file},
    {"select_one_external", Control::input, "string", "", "", "", ChoiceSource::external},
    {"osm", Control::upload, "binary", "osm/*"},
    {"loop", Control::loop, ""},
});

using Alias = std::pair<std::string_view, std::string_view>;

// Written with spaces; '_' and '-' in the cell count as spaces here.
constexpr std::array plain_aliases = std::to_array<Alias>({
    {"text", "text"},
    {"string", "text"},
    {"add text prompt", "text"},
    {"q string", "text"},
    {"integer", "integer"},
    {"int", "integer"},
    {"add integer prompt", "integer"},
    {"q int", "integer"},
    {"decimal", "decimal"},
    {"add decimal prompt", "decimal"},
    {"q decimal", "decimal"},
    {"note", "note"},
    {"add note prompt", "note"},
    {"q note", "note"},
    {"date", "date"},
    {"add date prompt", "date"},
    {"q date", "date"},
    {"time", "time"},
    {"q time", "time"},
    {"datetime", "dateTime"},
    {"date time", "dateTime"},
    {"add date time prompt", "dateTime"},
    {"q datetime", "dateTime"},
    {"geopoint", "geopoint"},
    {"gps", "geopoint"},
    {"location", "geopoint"},
    {"add location prompt", "geopoint"},
    {"q geopoint", "geopoint"},
    {"q location", "geopoint"},
    {"geotrace", "geotrace"},
    {"q geotrace", "geotrace"},
    {"geoshape", "geoshape"},
    {"q geoshape", "geoshape"},
    {"barcode", "barcode"},
    {"add barcode prompt", "barcode"},
    {"q barcode", "barcode"},
    {"acknowledge", "acknowledge"},
    {"trigger", "acknowledge"},
    {"add acknowledge prompt", "acknowledge"},
    {"q acknowledge", "acknowledge"},
    {"range", "range"},
    {"calculate", "calculate"},
    {"calculation", "calculate"},
    {"add calculate prompt", "calculate"},
    {"q calculate", "calculate"},
    {"hidden", "hidden"},
    {"image", "image"},
    {"photo", "image"},
    {"picture", "image"},
    {"add image prompt", "image"},
    {"q image", "image"},
    {"q picture", "image"},
    {"audio", "audio"},
    {"add audio prompt", "audio"},
    {"q audio", "audio"},
    {"video", "video"},
    {"add video prompt", "video"},
    {"q video", "video"},
    {"file", "file"},
    {"add file prompt", "file"},
    {"osm", "osm"},
    {"start", "start"},
    {"start time", "start"},
    {"get start time", "start"},
    {"end", "end"},
    {"end time", "end"},
    {"get end time", "end"},
    {"today", "today"},
    {"get today", "today"},
    {"deviceid", "deviceid"},
    {"device id", "deviceid"},
    {"get device id", "deviceid"},
    {"imei", "deviceid"},
    {"username", "username"},
    {"email", "email"},
    {"phonenumber", "phonenumber"},
    {"phone number", "phonenumber"},
    {"get phone number", "phonenumber"},
    {"simserial", "simserial"},
    {"sim id", "simserial"},
    {"get sim id", "simserial"},
    {"subscriberid", "subscriberid"},
    {"subscriber id", "subscriberid"},
    {"get subscriber id", "subscriberid"},
    {"audit", "audit"},
    {"csv external", "csv-external"},
    {"xml external", "xml-external"},
    {"background audio", "background-audio"},
    {"background geopoint", "background-geopoint"},
    {"start geopoint", "start-geopoint"},
    {"begin group", "group"},
    {"begin lgroup", "group"},
    {"begin repeat", "repeat"},
    {"begin rgroup", "repeat"},
    {"end group", "end group"},
    {"end lgroup", "end group"},
    {"end repeat", "end repeat"},
    {"end rgroup", "end repeat"},
    {"end loop", "end loop"},
    {"end looped group", "end loop"},
});

// The longest first, so that "select one from file" is not "select one" of a list "from".
constexpr std::array list_aliases = std::to_array<Alias>({
    {"select multiple from file", "select_multiple_from_file"},
    {"add select multiple prompt using", "select_multiple"},
    {"add select one prompt using", "select_one"},
    {"select all that apply from", "select_multiple"},
    {"select one from file", "select_one_from_file"},
    {"begin looped group over", "loop"},
    {"select one external", "select_one_external"},
    {"select all that apply", "select_multiple"},
    {"select multiple from", "select_multiple"},
    {"select multiple", "select_multiple"},
    {"begin loop over", "loop"},
    {"select one from", "select_one"},
    {"select one", "select_one"},
    {"select1", "select_one"},
    {"select", "select_multiple"},
    {"rank", "rank"},
    {"osm", "osm"},
});

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string normal(std::string_view text) {
    std::string out;
    for (const char c : lower_case(text)) {
        const char spaced = c == '_' || c == '-' || is_space(c) ? ' ' : c;
        if (spaced != ' ' || (!out.empty() && out.back() != ' '))
            out += spaced;
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return std::string(text);
}

template<class Types>
QuestionType type_named(const Types& types, std::string_view name) {
    return *std::find_if(types.begin(), types.end(),
                         [&](const QuestionType& one) { return one.name == name; });
}

// How many characters of `text` the alias takes, with '_', '-' and runs of spaces
// alike; 0 when the text does not begin with it as a whole word.
std::size_t alias_length(std::string_view text, std::string_view alias) {
    std::size_t at = 0;
    for (const char wanted : alias) {
        if (wanted == ' ') {
            const std::size_t before = at;
            while (at < text.size() && (is_space(text[at]) || text[at] == '_' || text[at] == '-'))
                ++at;
            if (at == before)
                return 0;
        } else if (at >= text.size() || lower_case(text.substr(at, 1))[0] != wanted) {
            return 0;
        } else {
            ++at;
        }
    }
    return at == text.size() || is_space(text[at]) ? at : 0;
}

bool take_suffix(std::string& text, std::string_view suffix) {
    if (!lower_case(text).ends_with(suffix))
        return false;
    text = trimmed(std::string_view(text).substr(0, text.size() - suffix.size()));
    return true;
}

}  // namespace

std::optional<TypeCell> read_type(std::string_view text) {
    const std::string cell = trimmed(text);
    const std::string word = normal(cell);
    for (const auto& [alias, name] : plain_aliases)
        if (word == alias)
            return TypeCell{type_named(plain_types, name), "", false};
    for (const auto& [alias, name] : list_aliases) {
        const std::size_t length = alias_length(cell, alias);
        if (length == 0)
            continue;
        TypeCell found{type_named(list_types, name), trimmed(std::string_view(cell).substr(length)), false};
        for (const std::string_view other : {" or_other", " or other", " or specify other"})
            found.or_other = found.or_other || take_suffix(found.list, other);
        return found;
    }
    return std::nullopt;
}

std::string nearest_type(std::string_view text) {
    const std::string cell = trimmed(text);
    const std::size_t space = std::min(cell.find_first_of(" \t"), cell.size());
    std::vector<std::string> firsts;
    for (const QuestionType& type : plain_types)
        firsts.emplace_back(type.name);
    firsts.insert(firsts.end(), {"begin group", "begin repeat"});
    std::string_view near = nearest(cell, firsts);
    if (!near.empty())
        return std::string(near);
    firsts.clear();
    for (const QuestionType& type : list_types)
        firsts.emplace_back(type.name);
    near = nearest(cell.substr(0, space), firsts);
    return near.empty() ? std::string() : std::string(near) + cell.substr(space);
}

}  // namespace doorstep::xlsform
