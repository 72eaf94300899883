# Prints what a client program did, one JSON line a step. To be sourced.

escape() { sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | tr -d '\n'; }

# report STEP [FACTS]: FACTS are members of a JSON object, without the braces.
report() { printf '{"step":"%s","ok":true%s}\n' "$1" "${2:+,$2}"; }

# report_refusal STEP STATUS MESSAGE
report_refusal() { printf '{"step":"%s","ok":false,"status":%s,"message":"%s"}\n' "$1" "$2" "$(printf %s "$3" | escape)"; }
