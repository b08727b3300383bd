package config

import (
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// DefaultFile is the configuration that is read if none is named.
const DefaultFile = "/etc/requestd/config.yaml"

// Places says where a daemon and its register are. "" is unknown.
type Places struct {
	Store, Socket, StatusSocket string
	Database                    Store // if the register is in a database; else its URL is ""
}

// PlacesIn returns what a file says about these, however wrong the rest of it
// is. If the default file cannot be read it returns those of the package.
func PlacesIn(file string) Places {
	var c struct {
		Store struct {
			Path     yaml.Node `yaml:"path"`
			URL      yaml.Node `yaml:"url"`
			Password yaml.Node `yaml:"password_file"`
		} `yaml:"store"`
		Control struct {
			Socket       yaml.Node `yaml:"socket"`
			StatusSocket yaml.Node `yaml:"status_socket"`
		} `yaml:"control"`
	}
	var p Places
	if file == DefaultFile {
		p = Places{Store: "/var/lib/requestd/requestd.db", Socket: "/run/requestd/control.sock"}
	}
	b, err := os.ReadFile(file)
	if err != nil || yaml.Unmarshal(b, &c) != nil && c.Store.Path.Value+c.Store.URL.Value+c.Control.Socket.Value == "" {
		return p
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return p
	}
	if v := c.Store.Path.Value; v != "" {
		p.Store = string(Path(v).resolve(dir))
	}
	if v := c.Store.URL.Value; v != "" {
		p.Store, p.Database = v, Store{URL: v, Password: SecretFile{Env: envName("store", "password")}}
		if f := c.Store.Password.Value; f != "" {
			p.Database.Password.Path = Path(f).resolve(dir)
		}
	}
	if v := c.Control.Socket.Value; v != "" {
		p.Socket = string(Path(v).resolve(dir))
	}
	if v := c.Control.StatusSocket.Value; v != "" {
		p.StatusSocket = string(Path(v).resolve(dir))
	}
	return p
}
