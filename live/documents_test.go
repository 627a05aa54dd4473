package live

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestDocumentsForgetTheLeastRecentlyUsed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDocuments()
	text := func(i int) string { return fmt.Sprintf("{ a%d }", i) }
	for i := range maxCachedDocuments {
		d.Add(ctx, text(i), &ast.QueryDocument{})
	}
	_, known := d.Get(ctx, text(0))
	require.True(t, known)
	d.Add(ctx, "one more", &ast.QueryDocument{})
	_, known = d.Get(ctx, text(0))
	require.True(t, known)
	_, known = d.Get(ctx, text(1))
	require.False(t, known)
}

func TestDocumentsAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDocuments()
	for i := range 2 * maxCachedBytes / maxCachedQuery {
		d.Add(ctx, fmt.Sprintf("%0*d", maxCachedQuery, i), &ast.QueryDocument{})
	}
	require.LessOrEqual(t, d.bytes, maxCachedBytes)
	require.Len(t, d.byText, maxCachedBytes/maxCachedQuery)
	require.Len(t, d.byDigest, len(d.byText))

	padded := "{ a }" + strings.Repeat(" ", maxCachedQuery)
	d.Add(ctx, padded, &ast.QueryDocument{})
	_, known := d.Get(ctx, padded)
	require.False(t, known)
}
