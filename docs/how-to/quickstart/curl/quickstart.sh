#!/bin/sh
# Send texts, list them page by page, provoke an error. Usage: quickstart.sh FROM TO
set -eu
messages=https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json

api() {
  curl --silent --show-error --user "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "$@"
}

# The value of the first member of this name in the JSON on standard input.
member() {
  grep -o "\"$1\": *\"\{0,1\}[^\",}]*" | head -n 1 | sed 's/^"[^"]*": *"\{0,1\}//'
}

for number in 1 2 3; do
  answer=$(api "$messages" --data-urlencode "From=$1" --data-urlencode "To=$2" --data-urlencode "Body=Hello $number")
  echo "sent $(echo "$answer" | member sid) $(echo "$answer" | member status)"
done

page=$(api -G "$messages" --data-urlencode "To=$2" --data-urlencode "PageSize=2")
next=$(api "https://api.twilio.com$(echo "$page" | member next_page_uri)")
first=$(echo "$page" | grep -o '"num_media"' | wc -l)
second=$(echo "$next" | grep -o '"num_media"' | head -n 1 | wc -l)
echo "listed $((first + second))"

echo "refused $(api "$messages" --data-urlencode "From=$1" --data-urlencode "To=nobody" --data-urlencode "Body=No" | member code)"
