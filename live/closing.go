package live

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Close codes of graphql-transport-ws, beside the standard ones. They decide whether
// a client comes back: the graphql-ws client does so after 1001, 1012, 1013, 4403
// and 4408, and gives up after the others.
const (
	closeBadMessage    = 4400
	closeUnauthorized  = 4401 // subscribe before connection_ack
	closeForbidden     = 4403 // refused, expired or revoked
	closeSubprotocol   = 4406
	closeInitTimeout   = 4408
	closeDuplicateID   = 4409
	closeInitTwice     = 4429
	closeInternal      = 4500
	closeNormal        = websocket.CloseNormalClosure    // 1000: a legacy client has said goodbye
	closeGoingAway     = websocket.CloseGoingAway        // 1001: the server process ends
	closeRestart       = websocket.CloseServiceRestart   // 1012: graceful stop
	closeTryAgain      = websocket.CloseTryAgainLater    // 1013: not reading, or cannot sign in now
	closeNoStatus      = websocket.CloseNoStatusReceived // 1005: a close frame without a code
	closeGone          = websocket.CloseAbnormalClosure  // 1006: nobody to tell; never sent
	closeProtocol      = websocket.CloseProtocolError    // 1002: broken WebSocket framing only
	closeNotUTF8       = websocket.CloseInvalidFramePayloadData
	closeMessageTooBig = websocket.CloseMessageTooBig
)

// maxCloseReason is how many bytes of reason fit a control frame beside the code.
const maxCloseReason = 123

// discards says whether what is still pending is dropped rather than sent before the
// close frame: nothing more may be shown, or nobody reads it.
func discards(code int) bool {
	return code == closeForbidden || code == closeTryAgain || code == closeGone
}

// closePayload gives the body of a close frame; reason is cut to what fits.
func closePayload(code int, reason string) []byte {
	if code == closeNoStatus {
		return nil
	}
	if len(reason) > maxCloseReason {
		reason = reason[:maxCloseReason]
		for !utf8.ValidString(reason) {
			reason = reason[:len(reason)-1]
		}
	}
	payload := binary.BigEndian.AppendUint16(nil, uint16(code))
	return append(payload, reason...)
}
