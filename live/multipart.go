package live

import "github.com/vektah/gqlparser/v2/gqlerror"

// multipartStream is Apollo's multipart protocol for subscriptions.
// https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
//
// Clients handle a part when they have seen the boundary after it. So the first boundary
// is sent at once, and each part brings the one that ends it.
var multipartStream = &streamKind{
	format: &format{
		name:      "multipart",
		place:     3,
		next:      func(p *packet) []byte { return bodyPart(`{"payload":`, p.body, `}`) },
		failed:    failedPart,
		completed: []byte(afterLast),
		frame:     joined,
	},
	contentType: mediaMultipart + `;boundary="graphql";subscriptionSpec="1.0"`,
	opening:     []byte(delimiter),
	keepAlive:   bodyPart(`{`, nil, `}`),
	// Its clients do not come back by themselves, and some take any end for a good one.
	explains: true,
}

const (
	delimiter = "\r\n--graphql"
	// afterLast makes the delimiter before it the last one.
	afterLast = "--\r\n"
	partHead  = "\r\nContent-Type: application/json\r\n\r\n"
)

// bodyPart is a part, which comes after a delimiter, and the delimiter that ends it.
func bodyPart(before string, payload []byte, after string) []byte {
	text := make([]byte, 0, len(partHead)+len(before)+len(payload)+len(after)+len(delimiter))
	text = append(text, partHead...)
	text = append(text, before...)
	text = append(text, payload...)
	text = append(text, after...)
	return append(text, delimiter...)
}

// failedPart is the last part of a stream that ends with errors.
func failedPart(errs gqlerror.List) []byte {
	return append(bodyPart(`{"payload":null,"errors":`, encodeErrors(errs), `}`), afterLast...)
}
