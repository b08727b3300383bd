// Package page stands in for the officers' page where the program is weighed
// without it.
package page

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/intake/register"
	"requestd/store"
)

type Options struct {
	Web      config.Web
	Cases    *casework.Cases
	Register *register.Register
	Store    *store.DB
	Accounts *accounts.Accounts
	Status   func(context.Context) (*health.Status, error)
	Files    func(ctx context.Context, at intake.Place, n int) (list []intake.File, whole bool, err error)
	Now      func() time.Time
	Log      *slog.Logger
}

type Server struct{}

var ErrGone = errors.New("gone")

func New(Options) (*Server, error)                               { return &Server{}, nil }
func (*Server) Handler() http.Handler                            { return http.NotFoundHandler() }
func (*Server) Enter(http.ResponseWriter, *http.Request, string) {}

func Listen(w config.Web) (net.Listener, error)                             { return net.Listen("tcp", w.Listen) }
func Serve(context.Context, net.Listener, http.Handler, *slog.Logger) error { return nil }
