// Send texts, list them page by page, provoke an error. Usage: quickstart FROM TO
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/twilio/twilio-go"
	twilioclient "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

func main() {
	sender, recipient := os.Args[1], os.Args[2]
	client := twilio.NewRestClient() // TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN

	for number := 1; number <= 3; number++ {
		message, err := send(client, sender, recipient, fmt.Sprintf("Hello %d from Go", number))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("sent", *message.Sid, *message.Status)
	}

	query := &api.ListMessageParams{}
	query.SetTo(recipient).SetPageSize(2).SetLimit(3)
	listed, err := client.Api.ListMessage(query)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listed", len(listed))

	var refusal *twilioclient.TwilioRestError
	if _, err := send(client, sender, "nobody", "This goes nowhere"); errors.As(err, &refusal) {
		fmt.Println("refused", refusal.Code)
	}
}

func send(client *twilio.RestClient, sender, recipient, body string) (*api.ApiV2010Message, error) {
	return client.Api.CreateMessage((&api.CreateMessageParams{}).SetFrom(sender).SetTo(recipient).SetBody(body))
}
