package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// The pods of a node, of which the API server is asked anew each time: the tokens of a pod are few.
type podsOfNode struct {
	client *http.Client
	api    string
	node   string
}

// How long a pod that has just started may not be known by its address yet.
const knownWithin = 5 * time.Second

type pod struct {
	Metadata struct {
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		HostNetwork        bool   `json:"hostNetwork"`
		ServiceAccountName string `json:"serviceAccountName"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

// The account of the pod with this IP address.
func (p *podsOfNode) serviceAccount(ctx context.Context, address string) (account, error) {
	for deadline := time.Now().Add(knownWithin); ; {
		pods, err := p.list(ctx, address)
		if err != nil {
			return account{}, err
		}
		accounts := map[account]bool{}
		for _, pod := range pods {
			if pod.Spec.HostNetwork {
				return account{}, errNoPod
			}
			// A pod that has ended keeps its address in its status, and another one gets it.
			if pod.Status.Phase != "Succeeded" && pod.Status.Phase != "Failed" {
				accounts[account{pod.Metadata.Namespace, pod.Spec.ServiceAccountName}] = true
			}
		}
		if len(accounts) == 1 {
			for only := range accounts {
				return only, nil
			}
		}
		if time.Now().After(deadline) {
			return account{}, errNoPod
		}
		select {
		case <-ctx.Done():
			return account{}, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (p *podsOfNode) list(ctx context.Context, address string) ([]pod, error) {
	// A node may list its own pods only.
	selector := "spec.nodeName=" + p.node + ",status.podIP=" + address
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		p.api+"/api/v1/pods?fieldSelector="+url.QueryEscape(selector), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API server answers %s", response.Status)
	}
	var list struct {
		Items []pod `json:"items"`
	}
	err = json.NewDecoder(response.Body).Decode(&list)
	return list.Items, err
}
