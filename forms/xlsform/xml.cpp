#include "forms/xlsform/xml.h"

namespace doorstep::xlsform {

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\r')
            out += "&#13;";
        else if (text.substr(i).starts_with("\xEF\xBF\xBE") || text.substr(i).starts_with("\xEF\xBF\xBF"))
            i += 2;
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
            out += c;
    }
    return out;
}

void Xml::begin(std::string_view name, const Attributes& attributes) {
    out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
    out_ += '<';
    out_ += name;
    for (const auto& [key, value] : attributes) {
        out_ += ' ';
        out_ += key;
        out_ += "=\"";
        // A parser turns line ends inside an attribute into spaces unless they are written so.
        for (const char c : escape(value)) {
            if (c == '\n')
                out_ += "&#10;";
            else if (c == '\t')
                out_ += "&#9;";
            else
                out_ += c;
        }
        out_ += '"';
    }
}

void Xml::open(std::string_view name, const Attributes& attributes) {
    begin(name, attributes);
    out_ += ">\n";
    ++depth_;
    opened_ = out_.size();
}

void Xml::close(std::string_view name) {
    --depth_;
    if (out_.size() == opened_) {
        out_.replace(out_.size() - 2, 2, "/>\n");
        return;
    }
    out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
    out_ += "</";
    out_ += name;
    out_ += ">\n";
}

void Xml::leaf(std::string_view name, const Attributes& attributes) {
    begin(name, attributes);
    out_ += "/>\n";
}

void Xml::leaf_with(std::string_view name, const Attributes& attributes, std::string_view inner) {
    if (inner.empty()) {
        leaf(name, attributes);
        return;
    }
    begin(name, attributes);
    out_ += '>';
    out_ += inner;
    out_ += "</";
    out_ += name;
    out_ += ">\n";
}

}  // namespace doorstep::xlsform
