# Send texts, list them page by page, provoke an error. Usage: ruby quickstart.rb FROM TO
require "json"
require "net/http"

SENDER, RECIPIENT = ARGV
ACCOUNT, TOKEN = ENV.values_at("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
MESSAGES = "/2010-04-01/Accounts/#{ACCOUNT}/Messages.json"

# One request to the API; a POST when there are fields.
def request(path, fields = nil)
  http = Net::HTTP.new("api.twilio.com", 443)
  http.use_ssl = true
  message = fields ? Net::HTTP::Post.new(path) : Net::HTTP::Get.new(path)
  message.set_form_data(fields) if fields
  message.basic_auth(ACCOUNT, TOKEN)
  JSON.parse(http.request(message).body)
end

(1..3).each do |number|
  message = request(MESSAGES, "From" => SENDER, "To" => RECIPIENT, "Body" => "Hello #{number} from Ruby")
  puts "sent #{message["sid"]} #{message["status"]}"
end

page = request("#{MESSAGES}?#{URI.encode_www_form("To" => RECIPIENT, "PageSize" => 2)}")
following = request(page["next_page_uri"])
puts "listed #{page["messages"].size + [following["messages"].size, 1].min}"

refusal = request(MESSAGES, "From" => SENDER, "To" => "nobody", "Body" => "This goes nowhere")
puts "refused #{refusal["code"]}"
