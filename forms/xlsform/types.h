// The question types of XLSForm with the other names that authors use for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doorstep::xlsform {

enum class Control {
    none,  // calculate, hidden, metadata
    input,
    select_one,
    select_multiple,
    rank,
    range,
    upload,
    trigger,
    group,
    repeat,
    loop,
    end_group,
    end_repeat,
    end_loop,
    external_instance,  // csv-external, xml-external: no node at all
    audit,
    background_geopoint,
    background_audio,
    start_geopoint,
};

enum class ChoiceSource { none, list, file, external };

struct QuestionType {
    std::string_view name;  // "select_one", "integer": one name for all its aliases
    Control control = Control::input;
    std::string_view bind = "string";  // empty: no type on the bind
    std::string_view media;            // of an upload: "image/*"
    std::string_view preload, preload_parameter;
    ChoiceSource choices = ChoiceSource::none;

    bool is_select() const { return choices != ChoiceSource::none; }
};

// A type cell taken apart.
struct TypeCell {
    QuestionType type;
    std::string list;  // what follows the type: a list, a file, "${name}"
    bool or_other = false;
};

// Nothing when the text is no type.
std::optional<TypeCell> read_type(std::string_view text);

// What the author may have meant by an unknown type, or nothing.
std::string nearest_type(std::string_view text);

}  // namespace doorstep::xlsform
