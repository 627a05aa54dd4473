package client_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"stepcast/client"
)

// Cancel several tasks by one request. Each is done on its own.
func ExampleClient_CancelTasks() {
	var c *client.Client
	results, err := c.CancelTasks(context.Background(), "690", "691", "692")
	for _, result := range results {
		if result.Err != nil {
			fmt.Println(result.ID, "goes on:", result.Err)
			continue
		}
		fmt.Println(result.ID, result.Task.Status)
	}
	if err != nil {
		log.Fatal("what became of the others is not known: ", err)
	}
}

// Make a narrow token for a program, and keep its text: nobody sees it again.
func ExampleClient_CreateToken() {
	var c *client.Client
	token, text, err := c.CreateToken(context.Background(), client.CreateTokenInput{
		Name:      "nightly build",
		Scopes:    []client.TokenScope{client.ScopeSubmit, client.ScopeRead},
		ExpiresAt: time.Now().AddDate(0, 0, 90),
	})
	switch {
	case client.CodeOf(err) == client.CodeLimit:
		fmt.Println("revoke one first:", err)
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Println("token", token.ID, "for STEPCAST_TOKEN:", text)
	}
}

// Revoke the tokens that nobody has used for a year.
func ExampleClient_RevokeToken() {
	var c *client.Client
	ctx := context.Background()
	longAgo := time.Now().AddDate(-1, 0, 0)
	for token, err := range c.Tokens(ctx, "") {
		if err != nil {
			log.Fatal(err)
		}
		used := token.CreatedAt
		if token.LastUsedAt != nil {
			used = *token.LastUsedAt
		}
		if used.After(longAgo) {
			continue
		}
		if _, err := c.RevokeToken(ctx, token.ID); err != nil {
			log.Fatal(err)
		}
		fmt.Println("revoked", token.Name)
	}
}

// Create a user who signs in by token only, and let the user do less later.
func ExampleClient_CreateUser() {
	var c *client.Client
	ctx := context.Background()
	user, err := c.CreateUser(ctx, client.CreateUserInput{Name: "ci", Role: client.RoleOperator})
	if client.CodeOf(err) == client.CodeConflict {
		user, err = c.User(ctx, "ci")
	}
	if err != nil {
		log.Fatal(err)
	}
	role := client.RoleMember
	if _, err := c.UpdateUser(ctx, client.UpdateUserInput{Name: user.Name, Role: &role}); err != nil {
		log.Fatal(err)
	}
}

// Shut everybody out but the admins, and let them in again later.
func ExampleClient_UpdateUser() {
	var c *client.Client
	ctx := context.Background()
	disabled := true
	for user, err := range c.Users(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if user.Role == client.RoleAdmin {
			continue
		}
		if _, err := c.UpdateUser(ctx, client.UpdateUserInput{Name: user.Name, Disabled: &disabled}); err != nil {
			log.Fatal(err)
		}
	}
}

// Change one's own password. What is wrong with it is told by its field.
func ExampleClient_ChangePassword() {
	var c *client.Client
	err := c.ChangePassword(context.Background(), "the old one", "another one")
	if err != nil {
		log.Fatal(err) // INVALID current: …, or INVALID password: …
	}
	fmt.Println("other sessions have ended")
}

// Ask what the server takes before a large task is put together.
func ExampleClient_Server() {
	var c *client.Client
	server, err := c.Server(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("at most", server.Limits.Steps, "steps, with texts of", server.Limits.TextLength, "characters")
}
