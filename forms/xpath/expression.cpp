#include "forms/xpath/expression.h"

#include "forms/xpath/evaluator.h"
#include "forms/xpath/syntax.h"

namespace doorstep::xpath {

const std::string& Expression::text() const {
    return syntax_->text;
}

std::string Expression::print() const {
    return xpath::print(*syntax_);
}

const std::vector<Reference>& Expression::references() const {
    return syntax_->references;
}

const std::vector<FunctionUse>& Expression::functions() const {
    return syntax_->functions;
}

bool Expression::is_constant() const {
    return syntax_->constant;
}

Result<Value> Expression::evaluate(const Evaluation& at) const {
    Evaluator evaluator(*syntax_, at);
    return evaluator.evaluate(syntax_->top, Focus{at.context, 1, 1});
}

}  // namespace doorstep::xpath
