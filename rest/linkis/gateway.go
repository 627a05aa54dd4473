package linkis

import "net"

// The texts of the Linkis gateway, letter by letter.
const (
	textHeartbeat        = "Maintain heartbeat success(维系心跳成功)"
	textPublicKey        = "Gain success(获取成功)！"
	textBaseInfo         = "get baseinfo success(获取成功)！"
	textGatewayHeartbeat = "Gateway heartbeat ok!"
)

// publicKeyData says how a login is to be encrypted: not at all, TLS does that.
type publicKeyData struct {
	EnableSSL          bool `json:"enableSSL"`
	EnableLoginEncrypt bool `json:"enableLoginEncrypt"`
}

// baseInfoData is what the web console shows and offers.
type baseInfoData struct {
	ResultSetExportEnable    bool   `json:"resultSetExportEnable"`
	LinkisClusterName        string `json:"linkisClusterName"`
	EngineLogOnlyAdminEnable bool   `json:"engineLogOnlyAdminEnable"`
}

// gatewayData lists the gateways that a client may call.
type gatewayData struct {
	GatewayList []string `json:"gatewayList"`
	IsHealthy   bool     `json:"isHealthy"`
}

// heartbeat says that the caller is still signed in. It prolongs nothing.
func heartbeat(*call) (answer, error) { return ok(textHeartbeat, nil), nil }

func publicKey(*call) (answer, error) { return ok(textPublicKey, publicKeyData{}), nil }

func baseInfo(*call) (answer, error) {
	return ok(textBaseInfo, baseInfoData{ResultSetExportEnable: true}), nil
}

// gatewayHeartbeat names the address that the client used itself: any other might be out
// of its reach.
func gatewayHeartbeat(c *call) (answer, error) {
	address := c.r.Host
	if _, _, err := net.SplitHostPort(address); err != nil {
		port := "80"
		if c.r.TLS != nil {
			port = "443"
		}
		address = net.JoinHostPort(address, port)
	}
	return ok(textGatewayHeartbeat, gatewayData{GatewayList: []string{address}, IsHealthy: true}), nil
}
