// Writes XML: two spaces of indent, attributes in the order given, everything
// escaped.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorstep::xlsform {

using Attributes = std::vector<std::pair<std::string, std::string>>;

// Characters that XML 1.0 cannot hold are left out.
std::string escape(std::string_view text);

class Xml {
public:
    void open(std::string_view name, const Attributes& attributes = {});
    void close(std::string_view name);
    void leaf(std::string_view name, const Attributes& attributes = {});
    // `inner` is XML already: escaped text, perhaps with <output/> in it.
    void leaf_with(std::string_view name, const Attributes& attributes, std::string_view inner);
    void add(const Xml& other) { out_ += other.out_; }
    // What is added to a part of the document that stands `depth` levels deep.
    explicit Xml(int depth = 0) : depth_(depth) {}

    const std::string& text() const { return out_; }
    bool empty() const { return out_.empty(); }

private:
    void begin(std::string_view name, const Attributes& attributes);

    std::string out_;
    int depth_;
    std::size_t opened_ = std::string::npos;  // where the content of the last open tag begins
};

}  // namespace doorstep::xlsform
